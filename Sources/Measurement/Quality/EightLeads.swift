import WFDB

/// The eight independent leads of a 12-lead recording at 100 Hz, which is what is compared with PTB-XL.
struct EightLeads: Sendable {
  static let names = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"]
  static let rate = 100.0  // Hz
  static let longest = 300.0  // s; of a longer recording the first five minutes

  /// `[8][sample]` in mV; gaps bridged.
  private(set) var samples: [[Float]]
  /// The recording's leads that they come from.
  private(set) var sources: [String]
  /// Of the samples of all of them, 0...1.
  private(set) var missingShare: Double
  private let isWhole: [Bool]  // [sample]
  private let samplingRate: Double

  struct Absence: Error, Equatable { var reason: String }

  /// - Parameter leads: by standard name, in mV at `samplingRate`, NaN where missing, of one length.
  /// - Throws: the reason why they cannot be had.
  init(_ leads: [String: [Float]], samplingRate: Double) throws(Absence) {
    guard samplingRate >= 80 else { throw Absence(reason: "\(samplingRate.short) samples a second are too few") }
    let limbs: [[Float]]
    switch (leads["I"], leads["II"], leads["III"]) {  // II = I + III (Einthoven)
    case (let first?, let second?, _): (limbs, sources) = ([first, second], ["I", "II"])
    case (let first?, nil, let third?): (limbs, sources) = ([first, zip(first, third).map { $0 + $1 }], ["I", "III"])
    case (nil, let second?, let third?):
      (limbs, sources) = ([zip(second, third).map { $0 - $1 }, second], ["II", "III"])
    default: throw Absence(reason: "the limb leads are not there")
    }
    let chestNames = EightLeads.names.dropFirst(2)
    let absent = chestNames.filter { leads[$0] == nil }
    guard absent.isEmpty else { throw Absence(reason: "\(absent.joined(separator: ", ")) not there") }
    sources += chestNames
    self.samplingRate = samplingRate
    let most = Int(min(1e9, EightLeads.longest * samplingRate))
    let parts = (limbs + chestNames.compactMap { leads[$0] }).map { $0.count > most ? Array($0[..<most]) : $0 }
    let cells = Int(Double(parts.map(\.count).min() ?? 0) * EightLeads.rate / samplingRate)
    var whole = [Bool](repeating: true, count: cells)
    var missing = 0
    samples = []
    for part in parts {
      for (i, sample) in part.enumerated() where !(abs(sample) < 1e6) {
        missing += 1
        let cell = Int(Double(i) * EightLeads.rate / samplingRate)
        if cell < whole.count { whole[cell] = false }
      }
      var bridged = part.map { abs($0) < 1e6 ? $0 : .nan }
      bridgeGaps(&bridged)
      samples.append(resampled(bridged, from: samplingRate, to: EightLeads.rate))
    }
    isWhole = whole
    missingShare = Double(missing) / Double(max(1, parts.reduce(0) { $0 + $1.count }))
  }

  /// Whether no sample of a stretch is missing in any lead.
  func isPresent(_ range: Range<Int>) -> Bool {
    range.clamped(to: 0..<isWhole.count) == range && isWhole[range].allSatisfy { $0 }
  }

  /// Samples of the recording as samples here.
  func cells(of beats: [Int]) -> [Int] {
    beats.map { Int((Double($0) * EightLeads.rate / samplingRate).rounded()) }
  }

  /// The usual name of one of the twelve leads, however it is written; nil of any other.
  static func standardName(_ name: String) -> String? {
    guard let name = LeadName(name), !name.isInverted, LeadName.twelve.contains(name.standard) else { return nil }
    return name.standard
  }
}
