import Files
import Formats
import Foundation
import Learning
import PTBXL
import Scoring
import WFDB

/// A reader of foreign bytes, as fuzzing calls it.
///
/// A further one is a line in ``all`` (and its room in Package.swift, if it is none of those that are there): it reads
/// the bytes, throws what it likes, and must neither trap, hang, nor read beyond them. `Tests/Fuzz/fuzz.sh 1 NAME` runs
/// it; `Tests/Fuzz/corpus/NAME` keeps inputs that reach different places in it, which `make test` reads again.
public struct FuzzedReader: Sendable {
  public let name: String
  public let read: @Sendable ([UInt8]) throws -> Void

  init(_ name: String, _ read: @escaping @Sendable ([UInt8]) throws -> Void) { (self.name, self.read) = (name, read) }

  public static let all: [FuzzedReader] = [
    FuzzedReader("wfdb-header") { _ = try Header(parsing: $0).start },
    FuzzedReader("wfdb-annotations") { try checkAnnotations(Annotations(parsing: $0)) },
    FuzzedReader("wfdb-signals") { try readRecord($0) },
    FuzzedReader("wfdb-flac") { try readFLAC($0) },
    FuzzedReader("wfdb-segments") { try readSegments($0) },
    FuzzedReader("scp") { _ = try SCP.read($0) },
    FuzzedReader("dicom") { _ = try DICOM.read($0) },
    FuzzedReader("aecg") { _ = try AECG.read($0) },
    FuzzedReader("muse") { _ = try MUSE.read($0) },
    FuzzedReader("edf") { _ = try EDF.read($0) },
    FuzzedReader("csv") { _ = try Formats.CSV.read($0, Formats.CSV.Layout(samplingFrequency: 500, units: "mV")) },
    FuzzedReader("table") { _ = try Files.CSV(parsing: Data($0)) },
    FuzzedReader("ptbxl") { try readDatabase($0) },
    FuzzedReader("npy") { _ = try NPYArray(parsing: Data($0)) },
    FuzzedReader("safetensors") { _ = try Safetensors(parsing: Data($0)) },
    FuzzedReader("lead-names") { _ = TwelveLeads(names: names(in: $0), units: names(in: $0).map { _ in "mV" }) },
  ]

  public static func named(_ name: String) -> FuzzedReader? { all.first { $0.name == name } }
}

/// What was read can be written, unless a text is too long in UTF-8, and reads the same again.
private func checkAnnotations(_ annotations: Annotations) throws {
  var again = try Annotations(parsing: Array(annotations.encoded()))
  again.warnings = annotations.warnings
  precondition(again == annotations, "\(again) for \(annotations)")
  _ = annotations.frames(at: 360)
}

/// A header, then behind its zero byte the bytes of `r.dat`.
private func readRecord(_ bytes: [UInt8]) throws {
  let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
  try withFiles(["r.hea": parts[0], "r.dat": parts.count > 1 ? parts[1] : []], read: readRecord)
}

/// A header of segments, that of the segment `s`, and the bytes of `r.dat`, with a zero byte between.
private func readSegments(_ bytes: [UInt8]) throws {
  let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false) + [[], []]
  try withFiles(["r.hea": parts[0], "s.hea": parts[1], "r.dat": parts[2]], read: readRecord)
}

/// The table of records, then behind its zero byte that of statements.
private func readDatabase(_ bytes: [UInt8]) throws {
  let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false) + [[]]
  try withFiles([Database.databaseTable: parts[0], Database.statementsTable: parts[1]]) { _ in
    _ = try Database(folder: folder).describe().text
  }
}

/// A byte that chooses format, signals, samples a frame and offset, then a FLAC file.
private func readFLAC(_ bytes: [UInt8]) throws {
  guard let choice = bytes.first.map(Int.init) else { return }
  let format = [508, 516, 524, 516][choice & 3]
  let (signals, each, offset) = (1 + choice >> 2 & 3, 1 + choice >> 4 & 1, choice >> 5 & 1)
  let length = choice >> 6 & 1 == 0 ? "" : " 40"
  let header = "r \(signals) 100\(length)\n" + String(repeating: "r.dat \(format)x\(each)+\(offset)\n", count: signals)
  try withFiles(["r.hea": Array(header.utf8)[...], "r.dat": bytes.dropFirst()], read: readRecord)
}

/// All ways in which a record is read.
private func readRecord(at path: String) throws {
  func attempt(_ body: () throws -> Void) {
    do { try body() } catch is RecordError {} catch { preconditionFailure("\(error)") }
  }
  attempt {
    let stream = try RecordStream(path: path)
    let (count, middle) = (stream.sampleCount, stream.sampleCount / 2)
    for frames in [0..<min(count, 7), middle..<min(count, middle + 99), max(0, count - 5)..<count] {
      _ = try stream.read(frames)
      var samples = [Float](repeating: 0, count: 12 * frames.count)
      try samples.withUnsafeMutableBufferPointer { try stream.read(stream.twelveLeads, frames, into: $0) }
    }
  }
  attempt { _ = try Record(path: path, maximumSamples: 1 << 16).twelveLeads() }
  attempt {
    var reader = LeadReader(leads: ["I", "II"], sampleCount: 20, samplingFrequency: 100)
    var samples = [Float](repeating: 0, count: 40)
    _ = try samples.withUnsafeMutableBufferPointer { try reader.read(path, into: $0) }
  }
}

/// Calls `read` with the path of the record `r` in a folder that holds those files.
private func withFiles(_ files: [String: ArraySlice<UInt8>], read: (String) throws -> Void) throws {
  for (name, content) in files {
    try content.withUnsafeBytes { try Data($0).write(to: URL(filePath: folder + "/" + name)) }
  }
  defer { for name in files.keys { try? FileManager.default.removeItem(atPath: folder + "/" + name) } }
  try read(folder + "/r")
}

/// A folder of this process, made on first use; calls are not made at the same time.
private let folder: String = {
  let memory = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
  let folder = "\(memory)/ecgbook-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
  try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  return folder
}()

private func names(in bytes: [UInt8]) -> [String] {
  bytes.split(separator: 10, omittingEmptySubsequences: false).prefix(20).map { String(decoding: $0, as: UTF8.self) }
}
