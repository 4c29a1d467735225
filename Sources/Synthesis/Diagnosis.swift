/// What a synthetic ECG can show; each is named by its SCP-ECG statement. The order of declaration is the order in
/// which a heart shows them: a fascicle's block before the branch's, which goes on from it.
public enum Diagnosis: String, CaseIterable, Sendable, Codable {
  case norm = "NORM"
  // Infarction, by site
  case imi = "IMI"
  case asmi = "ASMI"
  case ilmi = "ILMI"
  case ami = "AMI"
  case almi = "ALMI"
  case lmi = "LMI"
  // Conduction
  case lafb = "LAFB"
  case lpfb = "LPFB"
  case clbbb = "CLBBB"
  case crbbb = "CRBBB"
  case irbbb = "IRBBB"
  case ivcd = "IVCD"
  case avb1 = "1AVB"
  case avb2 = "2AVB"
  case avb3 = "3AVB"
  case wpw = "WPW"
  // Chambers
  case lvh = "LVH"
  case rvh = "RVH"
  case lae = "LAO/LAE"
  case rae = "RAO/RAE"
  case lvolt = "LVOLT"
  // Repolarization
  case isc = "ISC_"
  case iscal = "ISCAL"
  case iscin = "ISCIN"
  case iscas = "ISCAS"
  case ndt = "NDT"
  case nst = "NST_"
  case lngqt = "LNGQT"
  // Rhythm
  case afib = "AFIB"
  case aflt = "AFLT"
  case stach = "STACH"
  case sbrad = "SBRAD"
  case sarrh = "SARRH"
  case svtac = "SVTAC"
  case pace = "PACE"
  case pvc = "PVC"
  case pac = "PAC"
  case bigu = "BIGU"

  /// The SCP-ECG statement, as PTB-XL's tables write it.
  public var code: String { rawValue }

  /// What the generated trace fulfils, and who says so. `Chou` is Surawicz & Knilans, Chou's Electrocardiography in
  /// Clinical Practice, 6th ed. 2008; `AHA III`…`VI` are the parts of the AHA/ACCF/HRS recommendations of 2009:
  /// Circulation 119, e235 (III, intraventricular conduction), e241 (IV, ST, T, U and QT), e251 (V, hypertrophy), e262
  /// (VI, infarction); `UDMI` is the Fourth Universal Definition of Myocardial Infarction, Circulation 138 (2018),
  /// e618.
  public var criterion: (text: String, source: String) {
    switch self {
    case .norm:
      ("sinus rhythm, P upright in II, PR 120-200 ms, QRS under 110 ms, axis -30 to 90°, R growing V1 to V5", "Chou")
    case .imi: ("Q of at least 30 ms and 0.1 mV in II, III, aVF; T inverted there", "UDMI; Minnesota code 1-2-4")
    case .asmi: ("QS or no R over 0.15 mV in V1-V3, R in V5-V6 kept", "UDMI; Chou")
    case .ami: ("QS or no R over 0.2 mV in V1-V4", "UDMI; Chou")
    case .almi: ("Q of at least 30 ms in I, aVL, V4-V6, R lost V3-V6", "UDMI; Chou")
    case .lmi: ("Q of at least 30 ms in I, aVL, V6; anterior R kept", "UDMI; Minnesota code 1-2-2")
    case .ilmi: ("Q of at least 30 ms in II, III, aVF and V6", "UDMI; Chou")
    case .clbbb:
      ("QRS from 120 ms; broad notched R without q in I, aVL, V5, V6; rS or QS in V1; T discordant", "AHA III")
    case .crbbb: ("QRS from 120 ms; rsR' in V1; S wider than R or 40 ms in I and V6; T inverted in V1", "AHA III")
    case .irbbb: ("rsr' in V1 with QRS 100 to 119 ms", "AHA III")
    case .lafb: ("axis -45 to -90°, qR in aVL, rS in II, III, aVF, QRS under 120 ms", "AHA III")
    case .lpfb: ("axis 90 to 180°, rS in I and aVL, qR in III and aVF, QRS under 120 ms", "AHA III")
    case .ivcd: ("QRS over 110 ms without the form of a bundle branch block", "AHA III")
    case .avb1: ("PR over 200 ms, every P conducted", "Chou")
    case .avb2:
      ("some P waves not conducted: PR growing to a dropped beat (Wenckebach), or every second one blocked", "Chou")
    case .avb3: ("P waves and a slower regular escape rhythm independent of each other", "Chou")
    case .wpw: ("PR under 120 ms, delta wave, QRS over 110 ms, secondary ST-T change", "Chou")
    case .lvh:
      (
        "S in V1 + R in V5 or V6 at least 3.5 mV; with strain when severe",
        "Sokolow & Lyon, Am. Heart J. 37 (1949), 161-186; AHA V"
      )
    case .rvh:
      (
        "R in V1 at least 0.7 mV and larger than S, axis right of 90°, S in V5-V6; T inverted in V1-V2",
        "AHA V; Sokolow & Lyon 1949"
      )
    case .lae: ("P at least 120 ms and notched in II, its negative end in V1 at least 0.1 mV", "AHA V; Chou")
    case .rae: ("P peaked, at least 0.25 mV in II", "AHA V")
    case .lvolt: ("QRS under 0.5 mV in every limb and 1 mV in every chest lead", "Chou")
    case .isc: ("horizontal ST depression of at least 0.05 mV in V4-V6, T flat or inverted", "AHA IV; AHA VI")
    case .iscal: ("T inverted and ST depressed in I, aVL, V4-V6", "AHA IV")
    case .iscin: ("T inverted and ST depressed in II, III, aVF", "AHA IV")
    case .iscas: ("T inverted in V1-V4", "AHA IV")
    case .ndt: ("T of II and V5 under a tenth of R, or slightly inverted, ST level", "AHA IV")
    case .nst: ("ST depressed by 0.03 to 0.09 mV", "AHA IV")
    case .lngqt: ("QTc at least 460 ms in women, 450 ms in men", "AHA IV")
    case .afib: ("no P waves, fibrillatory waves of 350 to 500 a minute, RR irregular without pattern", "Chou")
    case .aflt: ("regular sawtooth of 250 to 330 a minute, negative in II, III, aVF, conducted 2:1 to 4:1", "Chou")
    case .stach: ("sinus rhythm over 100 a minute", "Chou")
    case .sbrad: ("sinus rhythm under 60 a minute", "Chou")
    case .sarrh: ("sinus rhythm whose longest and shortest PP differ by more than 160 ms", "Chou")
    case .svtac: ("narrow, regular, 150 to 220 a minute, no P before QRS", "Chou")
    case .pace: ("a spike before each QRS, which is wide, negative in V1 and II: right ventricular apex", "Chou")
    case .pvc: ("premature QRS of at least 120 ms without P, T discordant, pause compensatory", "Chou")
    case .pac: ("premature P of another shape, QRS as conducted, pause not compensatory", "Chou")
    case .bigu: ("every second beat a ventricular premature complex", "Chou")
    }
  }

  /// What a diagnosis takes up. Two that share a place can't be shown, or not be told apart, in one trace.
  struct Places: OptionSet {
    let rawValue: Int
    static let rate = Places(rawValue: 1), sinus = Places(rawValue: 2), atrium = Places(rawValue: 4)
    static let node = Places(rawValue: 8), branch = Places(rawValue: 16), fascicle = Places(rawValue: 32)
    static let infarct = Places(rawValue: 64), mass = Places(rawValue: 128), right = Places(rawValue: 256)
    static let repolarization = Places(rawValue: 512), qt = Places(rawValue: 1024), ectopy = Places(rawValue: 2048)
  }

  var places: Places {
    switch self {
    case .norm: [.sinus, .atrium, .node, .branch, .fascicle, .infarct, .mass, .right, .repolarization, .qt]
    case .imi, .ilmi: [.infarct, .fascicle]
    case .asmi, .ami, .almi, .lmi: [.infarct, .right]
    case .clbbb: [.branch, .fascicle, .infarct, .mass, .right, .repolarization]
    case .crbbb, .irbbb: [.branch, .right]
    case .lafb, .lpfb: [.fascicle]
    case .ivcd: [.branch]
    case .avb1: [.node]
    case .avb2, .avb3: [.rate, .node, .ectopy]
    case .wpw: [.node, .branch, .fascicle, .infarct, .mass, .right, .repolarization]
    case .lvh, .lvolt: [.mass]
    case .rvh: [.mass, .right, .fascicle, .infarct, .branch, .repolarization]
    case .lae, .rae: [.atrium]
    case .isc, .iscal, .iscin, .iscas, .ndt, .nst: [.repolarization]
    case .lngqt: [.qt]
    case .afib, .aflt: [.rate, .sinus, .atrium, .node]
    case .svtac: [.rate, .sinus, .atrium, .node, .ectopy]
    case .stach, .sbrad, .sarrh: [.rate]
    case .pace: [.rate, .node, .branch, .fascicle, .infarct, .mass, .right, .repolarization, .qt, .ectopy]
    case .pvc, .bigu: [.ectopy]
    case .pac: [.ectopy, .sinus]
    }
  }

  /// Whether both can be seen in one trace.
  public func isCompatible(with other: Diagnosis) -> Bool { self != other && places.isDisjoint(with: other.places) }
}
