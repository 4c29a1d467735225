/// Which folds train, choose and test: `1-7/8/9`.
public struct Folds: Sendable, Equatable, Hashable, Codable, CustomStringConvertible {
  public let training, validation, test: [Int]  // ascending; no fold is in two of them

  /// PTB-XL's recommendation.
  public static let standard = Folds(unchecked: Array(1...8), [9], [10])

  private init(unchecked training: [Int], _ validation: [Int], _ test: [Int]) {
    (self.training, self.validation, self.test) = (training, validation, test)
  }

  /// Parses `TRAINING/VALIDATION/TEST`, each a list of folds and ranges: `1,2,5-7/8/9`.
  /// - Throws: ``FoldsError`` for anything else, and for a fold that comes twice.
  public init(parsing text: String) throws(FoldsError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw FoldsError(.grammar(text)) }
    var lists: [[Int]] = []
    var seen: Set<Int> = []
    for part in parts {
      var list: [Int] = []
      for item in part.split(separator: ",", omittingEmptySubsequences: false) {
        let ends = item.split(separator: "-", omittingEmptySubsequences: false).map { end in
          Int(end.filter { $0 != " " })
        }
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
          (1...1000).contains(first), (1...1000).contains(last)
        else { throw FoldsError(.grammar(text)) }
        for fold in first...last {
          guard seen.insert(fold).inserted else { throw FoldsError(.twice(fold: fold, text: text)) }
          list.append(fold)
        }
      }
      lists.append(list.sorted())
    }
    self.init(unchecked: lists[0], lists[1], lists[2])
  }

  /// `1-7/8/9`
  public var description: String { [training, validation, test].map(Self.text).joined(separator: "/") }

  static func text(_ folds: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for fold in folds {
      if let last = runs.last, last.upperBound == fold - 1 {
        runs[runs.count - 1] = last.lowerBound...fold
      } else {
        runs.append(fold...fold)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }

  public init(from decoder: any Decoder) throws {
    try self.init(parsing: decoder.singleValueContainer().decode(String.self))
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// What the data can offer when they lack a fold: the last for testing, the one before for validation.
  static func proposal(from folds: [Int]) -> Folds? {
    guard folds.count >= 3 else { return nil }
    return Folds(unchecked: Array(folds.dropLast(2)), [folds[folds.count - 2]], [folds[folds.count - 1]])
  }
}

public struct FoldsError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case grammar(String)
    case twice(fold: Int, text: String)
    case absent(folds: [Int], available: [Int])
    case patient(Int, folds: [Int])
  }
  public let reason: Reason
  public init(_ reason: Reason) { self.reason = reason }

  public var description: String {
    switch reason {
    case .grammar(let text):
      "'\(text.prefix(60))' is no choice of folds; expected TRAINING/VALIDATION/TEST, as in '1-7/8/9' or '1,2,5-7/8/9'"
    case .twice(let fold, let text): "fold \(fold) comes twice in '\(text.prefix(60))'"
    case .absent(let folds, let available):
      "the data have no \(folds.count == 1 ? "fold" : "folds") \(Folds.text(folds)), only \(Folds.text(available))"
        + (Folds.proposal(from: available).map { "; try '\($0)'" } ?? "; three are needed")
    case .patient(let patient, let folds): "patient \(patient) is in folds \(Folds.text(folds)); a patient must be in one"
    }
  }
}

/// The records of each part.
public struct Split: Sendable, Equatable {
  public let folds: Folds
  public let training, validation, test: [ECGRecord]  // in the order given
}

extension Database {
  /// Parts records by fold.
  /// - Parameter records: some of this data set's, such as a ``LabelMatrix``'s; all when nil.
  /// - Throws: ``FoldsError`` when the data lack a fold, or a patient has records in two of the folds.
  public func split(_ folds: Folds, records: [ECGRecord]? = nil) throws(FoldsError) -> Split {
    let available = self.folds
    let wanted = folds.training + folds.validation + folds.test
    let absent = wanted.filter { !available.contains($0) }
    guard absent.isEmpty else { throw FoldsError(.absent(folds: absent.sorted(), available: available)) }
    if let crossing = patientsAcrossFolds(wanted).first {
      throw FoldsError(.patient(crossing.patient, folds: crossing.folds))
    }
    let records = records ?? self.records
    func part(_ folds: [Int]) -> [ECGRecord] {
      let folds = Set(folds)
      return records.filter { folds.contains($0.fold) }
    }
    return Split(
      folds: folds, training: part(folds.training), validation: part(folds.validation), test: part(folds.test))
  }

  /// Patients with records in more than one of the folds (all folds when nil), in ascending order.
  public func patientsAcrossFolds(_ folds: [Int]? = nil) -> [(patient: Int, folds: [Int])] {
    let wanted = folds.map(Set.init)
    var foldsOfPatient: [Int: Set<Int>] = [:]
    for record in records where wanted?.contains(record.fold) ?? true {
      foldsOfPatient[record.patientID, default: []].insert(record.fold)
    }
    return foldsOfPatient.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
  }
}
