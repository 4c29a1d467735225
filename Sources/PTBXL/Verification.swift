import Files
import Foundation
import WFDB

/// What is wrong with a data set's files, if anything: what `ecgbook data verify` prints.
public struct Verification: Sendable, Equatable, Codable {
  public struct Problem: Sendable, Equatable, Codable {
    public var file: String  // under the data set's folder
    public var problem: String
  }
  /// Files whose SHA-256 was compared with `SHA256SUMS.txt`; nil when there is no such list.
  public var hashed: Int?
  /// Records read with their checksums and initial values, by sampling rate: `"100"`, `"500"`.
  public var read: [String: Int]
  /// Sampling rates of which no file is there.
  public var absentRates: [Int]
  /// Records whose files are not there, by sampling rate, where others of that rate are.
  public var missing: [String: Int]
  /// In the order of files in the list, then of records.
  public var problems: [Problem]

  public var isSound: Bool { problems.isEmpty }

  public var text: String {
    var lines = problems.map { "\($0.file): \($0.problem)" }
    lines.append(hashed.map { "\($0) files compared with SHA256SUMS.txt" } ?? "no SHA256SUMS.txt: no file's hash compared")
    for rate in Rate.allCases {
      let name = "\(rate.rawValue)"
      lines.append(
        absentRates.contains(rate.rawValue)
          ? "\(rate): no files"
          : "\(rate): \(read[name] ?? 0) records read, checksums and initial values compared; \(missing[name] ?? 0) missing"
      )
    }
    lines.append(isSound ? "sound" : "\(problems.count) problems")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Database {
  /// Compares every file with `SHA256SUMS.txt`, where there is one, and every record of each rate that is there with the
  /// checksums and initial values of its header; in parallel.
  public func verify() async -> Verification {
    var result = Verification(hashed: nil, read: [:], absentRates: [], missing: [:], problems: [])
    let sums = folder + "/SHA256SUMS.txt"
    if FileManager.default.fileExists(atPath: sums) {
      switch Self.parseSums(sums) {
      case .failure(let error):
        result.problems.append(Verification.Problem(file: "SHA256SUMS.txt", problem: "\(error)"))
      case .success(let list):
        result.hashed = list.count
        result.problems += await inParallel(list) { entry in
          guard let digest = try? Digest(ofFile: folder + "/" + entry.file) else {
            return Verification.Problem(file: entry.file, problem: "it is in SHA256SUMS.txt, and cannot be read")
          }
          return digest.hex == entry.hex
            ? nil : Verification.Problem(file: entry.file, problem: "its SHA-256 is not the one in SHA256SUMS.txt")
        }
      }
    }
    for rate in Rate.allCases {
      let present = records.filter { FileManager.default.fileExists(atPath: path($0, rate) + ".hea") }
      guard !present.isEmpty else {
        result.absentRates.append(rate.rawValue)
        continue
      }
      let name = "\(rate.rawValue)"
      result.read[name] = present.count
      result.missing[name] = missingFiles(rate)
      result.problems += await inParallel(records) { record in
        let file = record.fileName(rate)
        guard FileManager.default.fileExists(atPath: path(record, rate) + ".hea") else {
          return Verification.Problem(file: file + ".hea", problem: "it is missing")
        }
        var reader = LeadReader(
          leads: ECGRecord.leadNames, sampleCount: rate.sampleCount, samplingFrequency: Double(rate.rawValue))
        var samples = [Float](repeating: 0, count: ECGRecord.leadNames.count * rate.sampleCount)
        do {
          let path = path(record, rate)
          let warnings = try samples.withUnsafeMutableBufferPointer { buffer in
            try reader.read(path, into: buffer).warnings
          }
          guard !warnings.isEmpty else { return nil }
          return Verification.Problem(file: file + ".hea", problem: warnings.map(\.description).joined(separator: "; "))
        } catch {
          let text = "\(error)"
          let prefix = folder + "/"
          return Verification.Problem(
            file: file + ".hea", problem: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
        }
      }
    }
    return result
  }

  /// The answers that are not nil, in the order of the items.
  private func inParallel<Item: Sendable>(
    _ items: [Item], _ check: @escaping @Sendable (Item) -> Verification.Problem?
  ) async -> [Verification.Problem] {
    let step = 64
    return await withTaskGroup(of: (Int, [Verification.Problem]).self) { group in
      for first in stride(from: 0, to: items.count, by: step) {
        group.addTask { (first, items[first..<min(first + step, items.count)].compactMap(check)) }
      }
      var parts: [(Int, [Verification.Problem])] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  private struct SumsError: Error, CustomStringConvertible {
    var description: String
  }

  /// `HEX  PATH` per line, as sha256sum writes it.
  private static func parseSums(_ path: String) -> Result<[(hex: String, file: String)], SumsError> {
    guard let data = try? readFile(path), let text = String(validating: data, as: UTF8.self) else {
      return .failure(SumsError(description: "it cannot be read as UTF-8 text"))
    }
    var list: [(hex: String, file: String)] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
      let hex = line.prefix { $0.isHexDigit }
      let file = line.dropFirst(hex.count).drop { $0 == " " || $0 == "*" }
      guard hex.utf8.count == 64, !file.isEmpty, !file.hasPrefix("/"),
        !file.split(separator: "/").contains("..")
      else {
        return .failure(
          SumsError(description: "line \(index + 1): expected 64 hexadecimal digits and a path inside the folder"))
      }
      list.append((hex.lowercased(), String(file)))
    }
    return .success(list)
  }
}
