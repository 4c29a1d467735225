import Foundation
import WFDB

/// A concept as DICOM writes it: a code, the scheme that it belongs to, and its meaning in words.
/// Source: PS3.3, table 8.8-1.
struct DICOMCode: Sendable, Equatable {
  let value: String
  let scheme: String
  let meaning: String

  init(_ value: String, _ scheme: String, _ meaning: String) {
    (self.value, self.scheme, self.meaning) = (value, scheme, meaning)
  }

  /// The code of the first item of a sequence; nil when there is none, or neither a value nor a meaning.
  init?(_ set: DICOMDataSet, _ sequence: DICOMAttribute) {
    guard let item = set.items(sequence).first else { return nil }
    // Trailing and leading blanks of a value do not count: CID 3227 has "2: 33792".
    let value = (item.value(.codeValue) ?? item.value(.longCodeValue))?.filter { !$0.isWhitespace } ?? ""
    self.init(value, item.value(.codingScheme) ?? "", item.value(.codeMeaning) ?? "")
    if value.isEmpty, meaning.isEmpty { return nil }
  }

  /// In words, or else as a code.
  var title: String { meaning.isEmpty ? "\(value) (\(scheme))" : meaning }

  /// The scheme of what has no code in a public one.
  static let ownScheme = "99ECGBOOK"
}

/// The channel sources that are leads of the electrocardiogram.
///
/// MDC numbers them as SCP-ECG does (EN 1064, 5.6.3): `2:1` of MDC and `5.6.3-9-1` of SCPECG both are lead I.
/// Source: DICOM PS3.16, CID 3001 "ECG Lead".
enum DICOMLead {
  /// The code that a lead is written with; nil for one that CID 3001 does not have.
  static func code(of spelling: String) -> DICOMCode? {
    guard let name = LeadName(spelling), let entry = table.first(where: { $0.lead == "\(name)" && !$0.isDerived })
    else { return nil }
    return DICOMCode("2:\(entry.number)", "MDC", entry.meaning)
  }

  /// A channel that no code names; its label does.
  static let unspecified = DICOMCode("2:0", "MDC", "Unspecified lead")

  /// The lead that a code means, as `V1`; nil for one that is none.
  static func name(of code: DICOMCode) -> String? {
    if let number = number(of: code), let entry = table.first(where: { $0.number == number }) { return entry.lead }
    let words = code.value.hasPrefix("MDC_ECG_LEAD_") ? code.value : code.meaning
    return LeadName(words).map { "\($0)" }
  }

  private static func number(of code: DICOMCode) -> Int? {
    switch code.scheme {
    case "MDC" where code.value.hasPrefix("2:"): return Int(code.value.dropFirst(2))
    case "SCPECG" where code.value.hasPrefix("5.6.3-9-"): return Int(code.value.dropFirst(8))
    default: return nil
    }
  }

  /// Derived leads are those that a device computed of others; they are read, and not written.
  private static let table: [(number: Int, lead: String, isDerived: Bool, meaning: String)] = {
    var table: [(Int, String, Bool, String)] = [
      (61, "III", false, "Lead III"),
      (62, "aVR", false, "aVR, augmented voltage, right"),
      (63, "aVL", false, "aVL, augmented voltage, left"),
      (64, "aVF", false, "aVF, augmented voltage, foot"),
      (65, "-aVR", false, "-aVR"),
      (19, "CC5", false, "Chest lead per V5 and V5R placement"),
      (20, "CM5", false, "Chest-manubrium lead per V5 placement"),
      (131, "ES", false, "EASI Lead ES"), (132, "AS", false, "EASI Lead AS"), (133, "AI", false, "EASI Lead AI"),
    ]
    let plain = [
      1: "I", 2: "II", 3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6", 9: "V7", 10: "V2R", 11: "V3R", 12: "V4R",
      13: "V5R", 14: "V6R", 15: "V7R", 16: "X", 17: "Y", 18: "Z", 66: "V8", 67: "V9", 68: "V8R", 69: "V9R",
    ]
    table += plain.sorted { $0.key < $1.key }.map { ($0.key, $0.value, false, "Lead \($0.value)") }
    table += (1...6).map { (91 + $0, "MCL\($0)", false, "Modified chest lead per V\($0) placement") }
    let derived = [
      31: "I", 32: "II", 33: "V1", 34: "V2", 35: "V3", 36: "V4", 37: "V5", 38: "V6", 111: "III", 112: "aVR", 113: "aVL",
      114: "aVF",
    ]
    table += derived.sorted { $0.key < $1.key }.map { ($0.key, $0.value, true, "Derived Lead \($0.value)") }
    return table
  }()
}

/// The concept names of measurements.
///
/// Sources: DICOM PS3.16, CID 3227 "QTc Measurements", CID 3228 "ECG Timing Measurements", CID 3229 "ECG Axis
/// Measurements", CID 3689 "ECG Global Waveform Durations"; ISO/IEEE 11073-10102; the codes of SCPECG, which DICOM had
/// before 2011, name the section and byte of EN 1064 where the value stands.
enum DICOMQuantity {
  /// The code of a measurement of all leads, or of one lead. What the standard has no code for is written with our own.
  static func code(of quantity: StoredMeasurement.Quantity, isOfOneLead: Bool) -> DICOMCode {
    table.first { $0.quantity == quantity && $0.isOfOneLead == isOfOneLead && $0.code.scheme != "SCPECG" }?.code
      ?? DICOMCode(quantity.rawValue, DICOMCode.ownScheme, words(for: quantity))
  }

  /// What a concept name says of a measurement.
  struct Meaning {
    var quantity: StoredMeasurement.Quantity
    /// Whether the value is one of a single lead; nil when the code does not say.
    var isOfOneLead: Bool?
    /// The lead that the code itself names.
    var lead: String?
  }

  /// - Returns: nil for what is no measurement that we know.
  static func meaning(of code: DICOMCode) -> Meaning? {
    if code.scheme == DICOMCode.ownScheme {
      return StoredMeasurement.Quantity(rawValue: code.value).map { Meaning(quantity: $0) }
    }
    if let entry = table.first(where: { $0.code.scheme == code.scheme && $0.code.value == code.value }) {
      return Meaning(quantity: entry.quantity, isOfOneLead: entry.isOfOneLead)
    }
    // Codes of one lead are a base, a multiple of 256, and the lead's number (ISO/IEEE 11073-10102).
    if code.scheme == "MDC", code.value.hasPrefix("2:"), let number = Int(code.value.dropFirst(2)), number > 256,
      let entry = table.first(where: { $0.isOfOneLead && $0.code.value == "2:\(number - number % 256)" }),
      let lead = DICOMLead.name(of: DICOMCode("2:\(number % 256)", "MDC", ""))
    {
      return Meaning(quantity: entry.quantity, isOfOneLead: true, lead: lead)
    }
    return words[code.meaning.lowercased()].map { Meaning(quantity: $0) }
  }

  /// The point of a beat that a code or its words name.
  static func point(of code: DICOMCode) -> StoredMeasurement.Quantity? {
    if code.scheme == "SCPECG", let quantity = points[code.value] { return quantity }
    return pointWords[code.meaning.lowercased()]
  }

  static func isFiducialPoint(_ code: DICOMCode) -> Bool {
    (code.scheme == "SCPECG" && code.value == "5.7.1-3") || code.meaning.lowercased().contains("fiducial")
  }

  /// In UCUM's units.
  static func units(of quantity: StoredMeasurement.Quantity) -> DICOMCode {
    switch quantity.units {
    case "": DICOMCode("1", "UCUM", "no units")
    case "ms": DICOMCode("ms", "UCUM", "milliseconds")
    case "°": DICOMCode("deg", "UCUM", "degrees")
    case "/min": DICOMCode("/min", "UCUM", "per minute")
    case let units: DICOMCode(units.replacingOccurrences(of: "µ", with: "u"), "UCUM", units)
    }
  }

  /// What a value is multiplied by, from units that a file has, to the quantity's; nil when they are not the same kind.
  static func factor(from units: String, to quantity: StoredMeasurement.Quantity) -> Double? {
    switch quantity.units {
    case "ms": ["ms": 1, "s": 1000, "us": 0.001][units]
    case "°": ["deg": 1, "rad": 180 / .pi][units]
    case "/min": ["/min": 1, "{H.B.}/min": 1, "{beats}/min": 1, "bpm": 1, "{bpm}": 1, "/s": 60, "Hz": 60][units]
    case "µV": ["uV": 1, "mV": 1000, "V": 1_000_000][units]
    default: units == self.units(of: quantity).value ? 1 : nil
    }
  }

  private static func words(for quantity: StoredMeasurement.Quantity) -> String {
    switch quantity {
    case .pOnset: "P onset in the representative beat"
    case .pEnd: "P end in the representative beat"
    case .qrsOnset: "QRS onset in the representative beat"
    case .qrsEnd: "QRS end in the representative beat"
    case .tEnd: "T end in the representative beat"
    case .rate: "Heart rate"
    default: quantity.rawValue
    }
  }

  private static let table: [(quantity: StoredMeasurement.Quantity, isOfOneLead: Bool, code: DICOMCode)] = [
    (.rate, false, DICOMCode("8867-4", "LN", "Heart rate")),
    (.rate, false, DICOMCode("2:16016", "MDC", "Ventricular heart rate")),
    (.rate, false, DICOMCode("2:16770", "MDC", "Heart rate")),
    (.rr, false, DICOMCode("2:16168", "MDC", "RR interval global")),
    (.rr, false, DICOMCode("2:16000", "MDC", "RR time period, global")),
    (.pp, false, DICOMCode("2:16140", "MDC", "PP interval global")),
    (.p, false, DICOMCode("2:16184", "MDC", "P duration global")),
    (.pr, false, DICOMCode("2:15872", "MDC", "PR interval global")),
    (.qrs, false, DICOMCode("2:16156", "MDC", "QRS duration global")),
    (.qt, false, DICOMCode("2:16160", "MDC", "QT interval global")),
    (.qtc, false, DICOMCode("2:15876", "MDC", "QTc interval global")),
    (.qtcBazett, false, DICOMCode("2:15880", "MDC", "QTc global using Bazett formula")),
    (.qtcFridericia, false, DICOMCode("2:15892", "MDC", "QTc global using Fredericia formula")),
    (.pAxis, false, DICOMCode("2:16128", "MDC", "P Axis")),
    (.qrsAxis, false, DICOMCode("2:16132", "MDC", "QRS axis")),
    (.tAxis, false, DICOMCode("2:16136", "MDC", "T axis")),
    (.rr, true, DICOMCode("2:33024", "MDC", "RR interval per lead")),
    (.pp, true, DICOMCode("2:32768", "MDC", "PP interval per lead")),
    (.p, true, DICOMCode("2:6656", "MDC", "P duration per lead")),
    (.pr, true, DICOMCode("2:7168", "MDC", "PR interval per lead")),
    (.qrs, true, DICOMCode("2:7936", "MDC", "QRS duration per lead")),
    (.qt, true, DICOMCode("2:8192", "MDC", "QT interval per lead")),
    (.qtc, true, DICOMCode("2:33792", "MDC", "QTc interval per lead")),
    (.qtcBazett, true, DICOMCode("2:34048", "MDC", "QTc per lead using Bazett formula")),
    (.qtcFridericia, true, DICOMCode("2:34304", "MDC", "QTc per lead using Fredericia formula")),
    (.rr, false, DICOMCode("5.10.2.1-3", "SCPECG", "RR Interval")),
    (.pp, false, DICOMCode("5.10.2.1-5", "SCPECG", "PP Interval")),
    (.rate, false, DICOMCode("5.10.2.5-1", "SCPECG", "Ventricular Heart Rate")),
    (.qtc, false, DICOMCode("5.10.2.5-5", "SCPECG", "QTc Interval")),
    (.pAxis, false, DICOMCode("5.10.3-11", "SCPECG", "P Axis")),
    (.qrsAxis, false, DICOMCode("5.10.3-13", "SCPECG", "QRS Axis")),
    (.tAxis, false, DICOMCode("5.10.3-15", "SCPECG", "T Axis")),
    (.p, false, DICOMCode("5.13.5-5", "SCPECG", "P Duration")),
    (.pr, false, DICOMCode("5.13.5-7", "SCPECG", "PR Interval")),
    (.qrs, false, DICOMCode("5.13.5-9", "SCPECG", "QRS Duration")),
    (.qt, false, DICOMCode("5.13.5-11", "SCPECG", "QT Interval")),
  ]

  /// For codes of other schemes and codes that a maker made up: what they are called.
  private static let words: [String: StoredMeasurement.Quantity] = [
    "heart rate": .rate, "ventricular heart rate": .rate, "ventricular rate": .rate, "rr interval": .rr,
    "pp interval": .pp, "p duration": .p, "p wave duration": .p, "pr interval": .pr, "qrs duration": .qrs,
    "qt interval": .qt, "qtc interval": .qtc, "p axis": .pAxis, "qrs axis": .qrsAxis, "r axis": .qrsAxis,
    "t axis": .tAxis,
  ]

  private static let points: [String: StoredMeasurement.Quantity] = [
    "5.10.3-1": .pOnset, "5.10.3-2": .pEnd, "5.10.3-3": .qrsOnset, "5.10.3-4": .qrsEnd, "5.10.3-5": .tEnd,
  ]
  private static let pointWords: [String: StoredMeasurement.Quantity] = [
    "p onset": .pOnset, "p offset": .pEnd, "qrs onset": .qrsOnset, "qrs offset": .qrsEnd, "t offset": .tEnd,
  ]
}
