import Files
import Wording

/// Something that was chosen by looking at records: thresholds, an epoch, a calibration.
public struct Choice: Sendable, Equatable, Codable {
  /// The records that were looked at.
  public enum Origin: String, Sendable, Codable {
    /// None: it was fixed beforehand.
    case convention
    case training, validation, test
  }

  /// What was chosen, as a plural or not: "thresholds".
  public var what: String
  /// By which rule: "highest F1 of each label".
  public var rule: String
  public var origin: Origin
  /// Paths of the cell's values (`*` stands for any one name) that come from the very records that were looked at, and so
  /// look better than they are. Empty where the choice was made elsewhere.
  public var optimistic: [String]

  public init(_ what: String, rule: String, origin: Origin, optimistic: [String] = []) {
    (self.what, self.rule, self.origin, self.optimistic) = (what, rule, origin, optimistic)
  }

  /// Why what it made optimistic is so.
  public var reason: String { say(.choiceReason, what) }
}

extension RunContext.NeededCell {
  /// Why the value at a path is optimistic; nil when it is not.
  func optimism(of path: String) -> String? {
    let names = path.split(separator: ".")
    if let last = names.last, ["n", "level", "method"].contains(last) { return nil }
    return cell.choices(output).first { $0.optimistic.contains { ProseCheck.matches(path, $0) } }?.reason
  }

  /// What a claim is ruled by: the value at a path, whole also where the path names a part of a statistic, and why it is
  /// optimistic.
  public func evidence(at path: String) -> (value: Value?, optimism: String?) {
    if let dot = path.lastIndex(of: "."), case .statistic(let statistic)? = output.values[path[..<dot]] {
      return (.statistic(statistic), optimism(of: path))
    }
    return (output.values[path], optimism(of: path))
  }
}

/// The records that an evaluation tests on: whoever evaluates on the same ones again and again chooses by them in the end.
public struct TestSet: Sendable, Equatable, Codable {
  public var name: String  // "PTB-XL 1.0.3, fold 10"
  /// Of what makes them the same records, whatever network and label set.
  public var digest: Digest
  public init(name: String, digest: Digest) { (self.name, self.digest) = (name, digest) }
}
