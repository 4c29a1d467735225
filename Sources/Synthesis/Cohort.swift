import PTBXL

/// The people of a synthetic data set and what their records show, before any signal: the seed decides all of it.
struct Cohort {
  /// One record to be made.
  struct Plan: Sendable {
    var record: ECGRecord
    var shown: [Shown]
    var disturbance: Disturbance
    var age: Double  // years, also over 89
    var patientSeed: UInt64
    var recordSeed: UInt64
  }

  /// A finding in a trace. Severity 0 just fulfils the criterion, 1 is a textbook's example, below 0 a reader may miss
  /// it.
  struct Shown: Sendable {
    var diagnosis: Diagnosis
    var severity: Double
    var isReported = true
  }

  let plans: [Plan]

  init(records: Int, seed: UInt64) {
    var random = Randomness(seed: seed, stream: 0)
    var plans: [Plan] = []
    var patient = 0
    // Findings by a golden-ratio sequence instead of by chance: in any stretch of records each comes at its rate.
    let start = random.uniform()
    while plans.count < records {
      patient += 1
      let place = (start + Double(patient) * 0.618_033_988_749_894_9).truncatingRemainder(dividingBy: 1)
      // As in PTB-XL, most patients have one record.
      let visits = random.chance(0.86) ? 1 : random.chance(0.7) ? 2 : 3
      plans += Self.visits(
        min(visits, records - plans.count), patient: patient, primary: Self.primary(at: place),
        firstID: plans.count + 1, seed,
        &random)
    }
    let folds = Folds.assign(plans.map { (patient: $0.record.patientID, labels: $0.record.statements.map(\.code)) })
    for i in plans.indices { plans[i].record.fold = folds[i] }
    self.plans = plans
  }

  // MARK: - What people have

  /// Shares of the first finding. Rare diagnoses are far more common than in PTB-XL, so that a few hundred records can
  /// teach and test each of them.
  static let shares: [(Diagnosis, Double)] = [
    (.norm, 320),
    (.imi, 42), (.asmi, 42), (.ilmi, 37), (.ami, 37), (.almi, 36), (.lmi, 36),
    (.clbbb, 36), (.crbbb, 28), (.irbbb, 30), (.lafb, 26), (.lpfb, 36), (.ivcd, 28), (.avb1, 22), (.avb2, 6),
    (.avb3, 6),
    (.wpw, 38),
    (.lvh, 40), (.rvh, 40), (.lae, 22), (.rae, 6), (.lvolt, 4),
    (.isc, 18), (.iscal, 14), (.iscin, 10), (.iscas, 10), (.ndt, 18), (.nst, 14), (.lngqt, 12),
    (.afib, 30), (.aflt, 40), (.stach, 16), (.sbrad, 14), (.sarrh, 8), (.svtac, 5), (.pace, 12), (.pvc, 10), (.pac, 8),
    (.bigu, 4),
  ]

  private static func primary(at place: Double) -> Diagnosis {
    var rest = place * shares.reduce(0) { $0 + $1.1 }
    for (diagnosis, share) in shares {
      rest -= share
      if rest < 0 { return diagnosis }
    }
    return .norm
  }

  /// What comes along with another finding, and how often, where the two can be told apart in one trace.
  static let companions: [(Diagnosis, Double)] = [
    (.afib, 0.05), (.stach, 0.07), (.sbrad, 0.08), (.lvh, 0.10), (.isc, 0.07), (.iscal, 0.06), (.nst, 0.06),
    (.ndt, 0.07),
    (.lae, 0.09), (.avb1, 0.08), (.lafb, 0.06), (.crbbb, 0.04), (.irbbb, 0.05), (.ivcd, 0.03), (.imi, 0.05),
    (.asmi, 0.05),
    (.sarrh, 0.03), (.pvc, 0.05), (.pac, 0.03), (.lngqt, 0.03), (.rae, 0.01),
  ]
  static let companionsOfNormal: [(Diagnosis, Double)] = [(.sbrad, 0.09), (.stach, 0.05), (.sarrh, 0.08)]

  /// Where the normal ends: slight forms that nobody reports.
  static let slight: [Diagnosis] = [.lvh, .avb1, .ndt, .nst, .lae]

  /// Findings that come and go between a patient's records.
  private static let passing: Set<Diagnosis> = [.stach, .sbrad, .sarrh, .pvc, .pac, .bigu, .svtac]

  private static func visits(
    _ count: Int, patient: Int, primary: Diagnosis, firstID: Int, _ seed: UInt64, _ random: inout Randomness
  ) -> [Plan] {
    let sex: ECGRecord.Sex = random.chance(0.52) ? .male : .female
    let isYoung = [.norm, .wpw, .irbbb, .sarrh, .svtac].contains(primary)
    let age = min(max(random.normal(isYoung ? 48 : 66, isYoung ? 16 : 13), 18), 96)
    let height = (random.normal(sex == .male ? 175 : 163, 7)).rounded()
    let weight = (height - 100 + random.normal(2, 11)).rounded()
    let chronic = findings(primary, &random)
    let year = 2000 + random.index(18)

    return (0..<count).map { visit in
      var shown = chronic.filter { visit == 0 || !passing.contains($0.diagnosis) || random.chance(0.4) }
      if shown.isEmpty { shown = chronic }
      for i in shown.indices where visit > 0 { shown[i].severity += random.normal(0, 0.08) }
      let id = firstID + visit
      let number = String(id).leftPadded(to: 5)
      let folder = String(id / 1000 * 1000).leftPadded(to: 5)
      var record = ECGRecord(
        ecgID: id, patientID: patient, age: age > 89 ? nil : Int(age), sex: sex, statements: statements(shown, &random),
        fold: 1, fileName100: "records100/\(folder)/\(number)_lr", fileName500: "records500/\(folder)/\(number)_hr")
      record.ageOver89 = age > 89
      if random.chance(0.4) { (record.height, record.weight) = (height, weight) }
      record.device = "SYNTHETIC"
      record.recordingDate = date(year: year + visit, &random)
      record.report = report(record.statements)
      (record.secondOpinion, record.initialAutogeneratedReport, record.validatedByHuman) = (false, true, false)
      if shown.contains(where: \.diagnosis.isInfarct) {
        record.infarctionStadium1 = random.chance(0.5) ? "unknown" : "Stadium III"
      }
      let disturbance = Disturbance.drawn(&random)
      if disturbance.wander >= 0.1 { record.baselineDrift = "all leads" }
      if disturbance.mains >= 0.01 || disturbance.muscle >= 0.02 { record.staticNoise = "all leads" }
      if disturbance.motion > 0 { record.electrodesProblems = "loose electrode" }
      if shown.contains(where: { [.pvc, .bigu].contains($0.diagnosis) }) { record.extraBeats = "VES" }
      if shown.contains(where: { $0.diagnosis == .pac }) { record.extraBeats = "SVES" }
      if shown.contains(where: { $0.diagnosis == .pace }) { record.pacemaker = "pacemaker" }
      return Plan(
        record: record, shown: shown, disturbance: disturbance, age: age + Double(visit),
        patientSeed: seed &* 0x2545_F491_4F6C_DD1D &+ UInt64(patient),
        recordSeed: seed &* 0x9FB2_1C65_1E98_DF25 &+ UInt64(id))
    }
  }

  private static func findings(_ primary: Diagnosis, _ random: inout Randomness) -> [Shown] {
    /// Most are plain, some are borderline, and a few fall short of the criterion that they are reported for.
    func severity(of diagnosis: Diagnosis, _ random: inout Randomness) -> Double {
      let severity = random.chance(0.28) ? random.uniform(-0.5...0.15) : random.uniform(0.1...1)
      // Nobody reports a rate or a beat that isn't there.
      return diagnosis.places.isDisjoint(with: [.rate, .ectopy]) ? severity : max(severity, 0.03)
    }
    var found = [Shown(diagnosis: primary, severity: severity(of: primary, &random))]
    for (diagnosis, chance) in primary == .norm ? companionsOfNormal : companions
    where random.chance(chance) && found.allSatisfy({ diagnosis.isCompatible(with: $0.diagnosis) }) && found.count < 4 {
      found.append(Shown(diagnosis: diagnosis, severity: severity(of: diagnosis, &random)))
    }
    if primary == .norm, random.chance(0.35) {
      found.append(
        Shown(
          diagnosis: slight[random.index(slight.count)], severity: random.uniform(-0.8 ... -0.15), isReported: false))
    }
    for i in found.indices.dropFirst() where found[i].severity < 0 && random.chance(0.3) { found[i].isReported = false }
    return found
  }

  // MARK: - What the tables say

  /// Diagnostic statements with a likelihood that follows severity; form and rhythm at 0, as PTB-XL has them.
  static func statements(_ shown: [Shown], _ random: inout Randomness) -> [ECGRecord.Finding] {
    let diagnostic = Set(Statement.catalogue.filter(\.isDiagnostic).map(\.code))
    let reported = shown.filter(\.isReported)
    var result: [ECGRecord.Finding] = []
    for finding in reported {
      let doubt = finding.severity + random.normal(0, 0.12)
      let likelihood = doubt > 0.3 || finding.diagnosis == .norm ? 100.0 : doubt > 0.1 ? 80 : doubt > -0.15 ? 50 : 35
      let code = finding.diagnosis.code
      result.append(.init(code, diagnostic.contains(code) ? likelihood : 0))
    }
    for finding in reported {
      for (form, chance) in forms(finding.diagnosis)
      where random.chance(chance) && !result.contains(where: { $0.code == form }) {
        result.append(.init(form, 0))
      }
    }
    let rhythms: Set<Diagnosis> = [.afib, .aflt, .stach, .sbrad, .sarrh, .svtac, .pace]
    if !reported.contains(where: { rhythms.contains($0.diagnosis) }) { result.append(.init("SR", 0)) }
    return result
  }

  private static func forms(_ diagnosis: Diagnosis) -> [(String, Double)] {
    switch diagnosis {
    case .imi, .asmi, .ami, .almi, .lmi, .ilmi: [("ABQRS", 0.4), ("QWAVE", 0.3)]
    case .lvh: [("VCLVH", 0.4), ("HVOLT", 0.1)]
    case .isc: [("STD_", 0.5)]
    case .nst: [("STD_", 0.3)]
    case .iscal, .iscin, .iscas: [("INVT", 0.4)]
    case .ndt: [("LOWT", 0.4), ("NT_", 0.2)]
    case .avb1: [("LPR", 0.5)]
    case .bigu: [("PVC", 1)]
    default: []
    }
  }

  static func report(_ statements: [ECGRecord.Finding]) -> String {
    let texts = statements.compactMap { finding in Statement.catalogue.first { $0.code == finding.code }?.description }
    return "synthetic ecg, no patient. " + texts.map { $0 + "." }.joined(separator: " ")
  }

  private static func date(year: Int, _ random: inout Randomness) -> String {
    func two(_ number: Int) -> String { String(number).leftPadded(to: 2) }
    let day = "\(year)-\(two(1 + random.index(12)))-\(two(1 + random.index(28)))"
    return "\(day) \(two(7 + random.index(12))):\(two(random.index(60))):\(two(random.index(60)))"
  }
}

extension Diagnosis {
  var isInfarct: Bool { [.imi, .asmi, .ilmi, .ami, .almi, .lmi].contains(self) }
}

extension String {
  /// `"42".leftPadded(to: 5)` is `"00042"`.
  func leftPadded(to width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}
