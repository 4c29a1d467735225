import Files
import Foundation

/// Every evaluation of every test set of a project, in the order in which they were made: `.ecgbook/ledger.jsonl`.
///
/// An evaluation is counted once per compute key: rendering again, or taking it from the cache, adds none. Each line carries the
/// digest of the line before it, so that a line taken out or changed is noticed.
public struct Ledger: Sendable {
  public struct Entry: Sendable, Equatable, Codable {
    /// Which evaluation of this test set it is, from 1.
    public var number: Int
    public var testSet: TestSet
    public var report, cell: String
    public var key: Digest
    /// When it was first seen here, in UTC.
    public var date: String
    /// Of the line before, as text; nil on the first line.
    public var previous: Digest?
  }

  public let path: String
  public private(set) var entries: [Entry] = []
  private var last: Digest?

  /// The ledger of a project; empty when nothing was evaluated.
  /// - Throws: ``LedgerError`` where a line does not follow from the one before it, `FileError`.
  public init(projectFolder: String) throws {
    path = "\(projectFolder)/.ecgbook/ledger.jsonl"
    guard FileManager.default.fileExists(atPath: path) else { return }
    let text = String(decoding: try readFile(path), as: UTF8.self)
    for (index, line) in text.split(separator: "\n").enumerated() {
      guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line.utf8)) else {
        throw LedgerError(path: path, line: index + 1, problem: "it is no entry")
      }
      guard entry.previous == last else {
        throw LedgerError(path: path, line: index + 1, problem: "it does not follow from the line before: one of them was changed or taken out")
      }
      guard entry.number == entries.count(where: { $0.testSet.digest == entry.testSet.digest }) + 1 else {
        throw LedgerError(path: path, line: index + 1, problem: "it says evaluation no. \(entry.number) where another number is due")
      }
      entries.append(entry)
      last = Digest(of: String(line))
    }
  }

  /// Which evaluation of its test set that of a compute key is; nil when it was not counted.
  func number(of key: Digest) -> Int? { entries.first { $0.key == key }?.number }

  /// Counts evaluations that were not counted before. Renders that end at the same time wait for each other.
  /// - Throws: as `init`, and `FileError` when it cannot be written.
  static func count(
    _ evaluations: [(cell: String, testSet: TestSet, key: Digest)], of report: String, projectFolder: String
  ) throws -> [RunFile.Evaluation] {
    guard !evaluations.isEmpty else { return [] }
    let folder = "\(projectFolder)/.ecgbook"
    try FileManager.default.makeFolder(folder)
    let lock = open("\(folder)/ledger.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard lock >= 0 else { throw FileError(errnoOf: "write", "\(folder)/ledger.lock") }
    defer { close(lock) }
    guard flock(lock, LOCK_EX) == 0 else { throw FileError(errnoOf: "lock", "\(folder)/ledger.lock") }
    var ledger = try Ledger(projectFolder: projectFolder)
    var lines = ""
    let date = Date().ISO8601Format()
    for evaluation in evaluations where ledger.number(of: evaluation.key) == nil {
      let known = ledger.entries.count { $0.testSet.digest == evaluation.testSet.digest }
      let entry = Entry(
        number: known + 1, testSet: evaluation.testSet, report: report, cell: evaluation.cell, key: evaluation.key, date: date,
        previous: ledger.last)
      let line = try CanonicalJSON.text(entry, pretty: false)
      ledger.entries.append(entry)
      ledger.last = Digest(of: line)
      lines += line + "\n"
    }
    if !lines.isEmpty {
      // Whole, aside and renamed: a crash leaves the old one.
      let old = FileManager.default.fileExists(atPath: ledger.path) ? String(decoding: try readFile(ledger.path), as: UTF8.self) : ""
      try writeFile(old + lines, to: ledger.path)
    }
    return evaluations.map { evaluation in
      RunFile.Evaluation(cell: evaluation.cell, testSet: evaluation.testSet.name, number: ledger.number(of: evaluation.key) ?? 0)
    }
  }
}

/// A ledger that was changed by something else than a render.
public struct LedgerError: Error, Equatable, CustomStringConvertible {
  public var path: String
  public var line: Int
  public var problem: String
  public var description: String { "\(path):\(line): \(problem)" }
}
