import Files
import Formats
import Foundation
import Subprocess
import SystemPackage
import WFDB

/// What a child process makes of uploaded files: a WFDB record, or the reason why there is none.
///
/// The parent never parses what was uploaded. It starts `ecgbook read-upload FOLDER`, which confines itself (``Confinement``),
/// reads, and prints this as JSON; from then on there is a plain WFDB record whose bytes the parent reads as it reads all
/// its own. What a child says is still not trusted: its names are checked again.
public struct UploadReading: Sendable, Codable, Equatable {
  public struct File: Sendable, Codable, Equatable {
    public var name: String
    public var content: Data
  }
  public struct Recording: Sendable, Codable, Equatable {
    /// The header and its signal files.
    public var files: [File]
    /// What the files were: "SCP-ECG".
    public var format: String
    public var seconds: Double
    public var samplingFrequency: Double
    public var leads: [String]
    /// What was odd in the files, and what the record does not keep of them; a sentence each.
    public var warnings: [String]
  }
  public var recording: Recording?
  public var refusal: String?
  /// What is in force in the child, by name.
  public var confinement: [String]

  /// A record's name where its file has none that can be one.
  static let recordName = "recording"

  /// Of the letters, digits, `_` and `-` of a file's name.
  private static func name(_ file: String) -> String {
    let base = (file as NSString).deletingPathExtension
    let plain = String(base.unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "_-".unicodeScalars.contains($0)) }.map(Character.init).prefix(40))
    return plain.isEmpty ? recordName : plain
  }

  /// The record's name, by its header; nil where the files are not one record's, named plainly.
  static func name(of files: [File]) -> String? {
    guard let header = files.first(where: { $0.name.hasSuffix(".hea") })?.name.dropLast(4), name(String(header)) == header else { return nil }
    return files.allSatisfy { $0.name == header + ".hea" || $0.name == header + ".dat" } ? String(header) : nil
  }

  /// Of all leads together: 300 s of 12 leads at 1000 Hz and a little more.
  static let mostSamples = 4_000_000
  static let highestRate = 2000.0  // hertz

  // MARK: In the child

  /// Reads the files of a folder. Nothing of the folder's path is said.
  public init(ofFilesIn folder: String, confinement: Confinement, longest seconds: Double) {
    self.confinement = confinement.names
    do {
      recording = try Self.recording(folder, longest: seconds)
    } catch {
      refusal = "\(error)".replacing(folder + "/", with: "").replacing(folder, with: "")
    }
  }

  private static func recording(_ folder: String, longest: Double) throws -> Recording {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let main = try mainFile(names)
    let file = try ECGFile(path: folder + "/" + main)
    let stream = file.stream
    let seconds = Double(stream.sampleCount) / stream.samplingFrequency
    guard seconds <= longest else {
      throw UploadRefusal(
        "the recording lasts \(Int(exactly: seconds.rounded()).map { "\($0) s" } ?? "very long"); at most \(Int(longest)) s are read here. "
          + "'ecgbook patient' reads recordings of hours")
    }
    let (samples, overflow) = stream.sampleCount.multipliedReportingOverflow(by: stream.leadNames.count)
    guard !overflow, samples <= Self.mostSamples, stream.samplingFrequency <= Self.highestRate else {
      throw UploadRefusal(
        "the recording has \(stream.leadNames.count) leads of \(stream.sampleCount) samples at \(stream.samplingFrequency) Hz; at most "
          + "\(Self.mostSamples) samples in all, at \(Int(Self.highestRate)) Hz, are read here")
    }
    let stored = try file.recording
    let written = try RecordFormat.wfdb.write(stored, name: name(main))
    // Whom it is of stands in this copy, which its sender alone sees.
    let person = Data(stored.personLines.map { "# \($0)\n" }.joined().utf8)
    return Recording(
      files: written.files.map { File(name: $0.name, content: $0.content + ($0.name.hasSuffix(".hea") ? person : Data())) }, format: file.format.title, seconds: seconds,
      samplingFrequency: stream.samplingFrequency, leads: stream.leadNames,
      warnings: stored.warnings.map { "\($0)" } + written.losses)
  }

  /// The file that stands for the recording: the only one, or the only header.
  private static func mainFile(_ names: [String]) throws -> String {
    let headers = names.filter { $0.lowercased().hasSuffix(".hea") }
    if let only = headers.first, headers.count == 1 { return only }
    if headers.count > 1 {
      throw UploadRefusal("\(headers.count) headers (\(headers.joined(separator: ", "))); expected one recording at a time")
    }
    guard let only = names.first, names.count == 1 else {
      throw UploadRefusal(
        "\(names.count) files and no header (.hea) among them; expected one file, or a WFDB header with its signal files")
    }
    if [".dat", ".mat"].contains(where: only.lowercased().hasSuffix) {
      throw UploadRefusal("\(only) is a signal file; choose its header (.hea) together with it")
    }
    return only
  }

  // MARK: In the parent

  /// Starts the child on a folder and waits for what it says.
  /// - Throws: ``UploadRefusal``, when it is ended by its limits or says nothing that can be understood.
  static func make(program: String, folder: String, limits: Limits) async throws -> UploadReading {
    let output: Data? = try await withThrowingTaskGroup(of: Data?.self) { group in
      group.addTask {
        let result = try? await Subprocess.run(
          .path(FilePath(program)), arguments: [
            "read-upload", folder, "--longest", "\(limits.recordingSeconds)", "--memory", "\(limits.childBytes >> 20)",
            "--seconds", "\(limits.childSeconds)",
          ],
          environment: .custom(["LC_ALL": "C.UTF-8"]), output: .data(limit: 4 * limits.bodyBytes + (1 << 20)),
          error: .discarded)
        return result?.terminationStatus.isSuccess ?? false ? result?.standardOutput : nil
      }
      group.addTask {
        try await Task.sleep(for: limits.readingTime)
        return nil
      }
      defer { group.cancelAll() }  // which ends the child
      return try await group.next() ?? nil
    }
    guard let output, let said = try? JSONDecoder().decode(Self.self, from: output) else {
      throw UploadRefusal(
        "the files could not be read: what parses them failed, or needed more than "
          + "\(limits.readingTime.components.seconds) s or \(limits.childBytes >> 20) MiB of memory")
    }
    return said
  }
}

/// Why files are not taken; their sender reads it.
struct UploadRefusal: Error, Equatable, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
