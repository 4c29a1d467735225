import Files
import Foundation
import PTBXL
import WFDB

/// Changes whenever the same seed would give other bytes; it stands in every ``SyntheticMarker``.
public let synthesisVersion = "1"

/// Why no data set could be made.
public enum SynthesisError: Error, Equatable, CustomStringConvertible {
  case recordCount(Int)
  case occupied(folder: String)

  public var description: String {
    switch self {
    case .recordCount(let count): "\(count) records; from 1 to 99999 can be made"
    case .occupied(let folder): "\(folder): there is something already; give a folder that is empty or doesn't exist"
    }
  }
}

/// `SYNTHETIC.txt` in a data set's folder. Its presence is the mark by which the tool knows that the records are
/// computed, and says so on every page it makes of them; whoever copies such a data set copies this file with it.
public struct SyntheticMarker: Sendable, Equatable {
  public static let fileName = Database.syntheticMarker

  public var seed: UInt64
  public var records: Int
  public var version: String

  /// The marker of the data set in `folder`, nil where there is none and the records are therefore real.
  /// A file of that name that says nothing readable still marks: its seed and count are 0.
  public init?(in folder: String) {
    let path = folder + "/" + Self.fileName
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let lines = (try? readFile(path)).map { String(decoding: $0, as: UTF8.self).split(separator: "\n") } ?? []
    func value(_ key: String) -> String? {
      lines.first { $0.hasPrefix(key + ": ") }.map { String($0.dropFirst(key.count + 2)) }
    }
    seed = value("seed").flatMap(UInt64.init) ?? 0
    records = value("records").flatMap(Int.init) ?? 0
    version = value("model version") ?? ""
  }

  init(seed: UInt64, records: Int) { (self.seed, self.records, version) = (seed, records, synthesisVersion) }

  var text: String {
    """
    SYNTHETIC ECGs. Every record in this folder was computed; none is of a person.
    Made by ecgbook from a model of the heart's dipole, in the layout of PTB-XL. Not for clinical use.
    seed: \(seed)
    records: \(records)
    model version: \(version)

    """
  }
}

/// Writes a synthetic data set in PTB-XL's layout: both tables, both sampling rates, `RECORDS`, `SHA256SUMS.txt` and
/// the marker. The same number of records, seed and ``synthesisVersion`` give the same bytes, whatever the number of
/// cores.
///
/// - Parameters:
///   - folder: where; it must be empty or not exist. All is written aside and stands here only when complete.
///   - records: 1...99999.
///   - seed: any number.
///   - workers: how many records are made at a time.
///   - progress: called after each record with the number done, from one thread at a time.
/// - Throws: ``SynthesisError``, `FileError`, `CancellationError`.
public func synthesize(
  into folder: String, records: Int, seed: UInt64, workers: Int = ProcessInfo.processInfo.activeProcessorCount,
  progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
) async throws {
  guard (1...99_999).contains(records) else { throw SynthesisError.recordCount(records) }
  let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
  let files = FileManager.default
  if files.fileExists(atPath: folder) {
    guard files.isFolder(folder), (try? files.contentsOfDirectory(atPath: folder))?.isEmpty == true else {
      throw SynthesisError.occupied(folder: folder)
    }
  }
  let aside = "\(folder).\(ProcessInfo.processInfo.processIdentifier).partial"
  try? files.removeItem(atPath: aside)
  defer { try? files.removeItem(atPath: aside) }

  let plans = Cohort(records: records, seed: seed).plans
  for name in Set(plans.flatMap { [$0.record.fileName100, $0.record.fileName500] }.map(folderPart)).sorted() {
    try files.makeFolder("\(aside)/\(name)")
  }

  var sums: [Int: [Sum]] = [:]  // by record, since they finish in any order
  try await withThrowingTaskGroup(of: (Int, [Sum]).self) { group in
    var next = 0
    func start() {
      guard next < plans.count else { return }
      let (index, plan) = (next, plans[next])
      group.addTask {
        try Task.checkCancellation()
        return (index, try write(plan, to: aside))
      }
      next += 1
    }
    for _ in 0..<max(1, workers) { start() }
    while let (index, written) = try await group.next() {
      sums[index] = written
      progress(sums.count, plans.count)
      start()
    }
  }

  var rest: [Sum] = []
  for (name, text) in [
    ("RECORDS", (plans.map(\.record.fileName100) + plans.map(\.record.fileName500)).map { $0 + "\n" }.joined()),
    (SyntheticMarker.fileName, SyntheticMarker(seed: seed, records: records).text),
    ("ptbxl_database.csv", CSV(database: plans.map(\.record)).text),
    ("scp_statements.csv", CSV(statements: Statement.catalogue).text),
  ] {
    rest.append(try write(Data(text.utf8), as: name, in: aside))
  }
  let lines = (rest + plans.indices.flatMap { sums[$0] ?? [] }).sorted { $0.path < $1.path }.map {
    "\($0.digest)  \($0.path)\n"
  }
  try writeFile(lines.joined(), to: "\(aside)/SHA256SUMS.txt")
  guard rename(aside, folder) == 0 else { throw FileError(errnoOf: "write", folder) }
}

/// A line of `SHA256SUMS.txt`.
private struct Sum: Sendable {
  var path: String
  var digest: Digest
}

/// Makes one record and writes its four files.
private func write(_ plan: Cohort.Plan, to folder: String) throws -> [Sum] {
  let ecg = SyntheticECG(
    plan.shown.map { ($0.diagnosis, severity: $0.severity) }, sex: plan.record.sex ?? .male, age: plan.age,
    disturbance: plan.disturbance, patientSeed: plan.patientSeed, recordSeed: plan.recordSeed)
  return try Rate.allCases.flatMap { rate in
    let path = plan.record.fileName(rate)
    let name = String(path.split(separator: "/").last ?? "")
    let encoded = try EncodedRecord(name: name, samplingFrequency: Double(rate.rawValue), leads: ecg.stored(at: rate))
    return [
      try write(encoded.signals, as: path + ".dat", in: folder),
      try write(encoded.header, as: path + ".hea", in: folder),
    ]
  }
}

/// Writes without waiting for the disk: the folder as a whole is renamed when it is complete.
private func write(_ data: Data, as path: String, in folder: String) throws -> Sum {
  do { try data.write(to: URL(fileURLWithPath: "\(folder)/\(path)")) } catch {
    throw FileError("write", "\(folder)/\(path)", reason: error.localizedDescription)
  }
  return Sum(path: path, digest: Digest(of: data))
}

private func folderPart(_ path: String) -> String { path.split(separator: "/").dropLast().joined(separator: "/") }
