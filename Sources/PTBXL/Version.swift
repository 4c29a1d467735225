import Foundation

/// A release of PTB-XL, and how it was recognized.
public struct Version: Sendable, Equatable, Codable {
  /// `1.0.3`; nil when nothing tells.
  public var number: String?
  /// What tells: for people.
  public var evidence: String

  static let synthetic = Version(number: nil, evidence: "a synthetic data set, no release of PTB-XL")

  private static let numbers = ["1.0.1", "1.0.2", "1.0.3"]
  /// Every release that this room reads, and one for data whose release nothing tells.
  public static let releases = numbers.map { Version(number: $0, evidence: "asked for") } + [Version(number: nil, evidence: "unknown")]
  /// Records in each release, as its page on PhysioNet says.
  private static let recordCounts = [21_837: "1.0.1", 21_801: "1.0.2", 21_799: "1.0.3"]

  public init(number: String?, evidence: String) { (self.number, self.evidence) = (number, evidence) }

  /// Looks at the number of records; in a part of the data set, at the folder's name, then at ages over 89.
  init(of records: [ECGRecord], in folder: String) {
    if let number = Self.recordCounts[records.count] {
      self.init(number: number, evidence: "\(records.count) records, as only version \(number) has")
      return
    }
    let components = URL(filePath: folder).standardizedFileURL.resolvingSymlinksInPath().pathComponents
    for (index, component) in components.enumerated().reversed() {
      let above = index > 0 ? components[index - 1] : ""
      guard (above + component).lowercased().contains("ptb-xl"),
        let number = Self.numbers.first(where: component.contains)
      else { continue }
      self.init(number: number, evidence: "the folder's name, \(component)")
      return
    }
    if let age = records.lazy.compactMap(\.age).first(where: { $0 > 89 }) {
      self.init(number: "1.0.1", evidence: "an age of \(age); later versions write 300 for every age over 89")
    } else {
      self.init(number: nil, evidence: "\(records.count) records; neither they nor the folder's name tell a version")
    }
  }
}
