import Foundation
import WFDB

/// A recording's file written in another format: what `ecgbook convert` does.
///
/// ```
/// let conversion = try Conversion(from: "upload/test.scp", to: "out/test.edf")
/// conversion.files  // ["out/test.edf"]
/// conversion.losses  // ["lead V3: 12 missing samples are written as …", …]
/// ```
public struct Conversion: Sendable, Equatable {
  /// What was written, in that order; the file that names the others is last.
  public let files: [String]
  /// What the target does not keep, a sentence each.
  public let losses: [String]
  /// What is odd in the source.
  public let warnings: [String]

  /// - Parameters:
  ///   - source: as for ``ECGFile/init(path:csv:maximumBytes:)``.
  ///   - target: a file; of WFDB its record's path, with `.hea` or `.dat` or without.
  ///   - format: of the target; without it, what its extension says.
  ///   - csv: rate and unit of a CSV source that does not say them.
  ///   - anonymous: leaves out who it is of and when; see ``StoredRecording/anonymous()``.
  /// - Throws: ``FormatError`` when the format is not known or not written, or a file of the source would be
  ///   overwritten; what reading and writing throws. Every file is written aside before the first gets its name.
  public init(
    from source: String, to target: String, format: RecordFormat? = nil, csv: CSV.Layout = CSV.Layout(),
    anonymous: Bool = false
  ) throws {
    let (writer, name, folder) = try Self.writer(of: target, format)
    let file = try ECGFile(path: source, csv: csv)
    var recording = try file.recording
    warnings = recording.warnings.map(\.description)
    var losses: [String] = []
    if anonymous { (recording, losses) = recording.anonymous() }
    do {
      let written = try writer.write(recording, name: name)
      let paths = written.files.map { folder + $0.name }
      let own = file.stored == nil ? try Record.files(path: source) : [source]
      try Self.refuseOverwriting(own, by: paths)
      try Self.write(zip(paths, written.files.map(\.content)).map { ($0, $1) })
      (files, self.losses) = (paths, losses + written.losses)
    } catch let error as FormatError {
      var error = error
      error.path = error.path ?? target
      throw error
    }
  }

  private static let extensions: [String: RecordFormat] = [
    "hea": .wfdb, "dat": .wfdb, "csv": .csv, "edf": .edf, "dcm": .dicom, "xml": .aecg, "scp": .scp, "muse": .muse,
  ]

  private static func writer(
    of target: String, _ format: RecordFormat?
  ) throws(FormatError) -> (writer: any FormatWriter.Type, name: String, folder: String) {
    func refuse(_ found: String, _ expected: String) -> FormatError {
      var error = FormatError("", found: found, expected: expected)
      error.path = target
      return error
    }
    let suffix = (target as NSString).pathExtension.lowercased()
    guard let format = format ?? extensions[suffix] else {
      throw refuse(
        suffix.isEmpty ? "no extension, which would say the format" : "the extension .\(suffix)",
        ".hea (WFDB), .csv, .edf (EDF+), .dcm (DICOM) or .xml (HL7 aECG)")
    }
    guard let writer = format.writer else {
      throw refuse("\(format.title), which is read and not written", RecordFormat.written)
    }
    let file = (target as NSString).lastPathComponent
    // The extension is what the writer adds; of a target without it, a point is part of the name.
    let name = extensions[suffix] == format ? (file as NSString).deletingPathExtension : file
    guard !name.isEmpty, name != ".", name != "..", !target.hasSuffix("/") else {
      throw refuse("no name of a file", "a file in a folder that exists")
    }
    return (writer, name, String(target.dropLast(file.count)))
  }

  /// Files are the same when device and number are, however their paths are written.
  /// - Throws: ``FormatError`` when one of the targets is one of the sources.
  public static func refuseOverwriting(_ sources: [String], by targets: [String]) throws(FormatError) {
    func identity(_ path: String) -> [UInt64]? {
      var status = stat()
      return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }
    let own = Set(sources.compactMap(identity))
    for target in targets {
      guard let identity = identity(target), own.contains(identity) else { continue }
      var error = FormatError("", found: "the file that is converted", expected: "another path to write to")
      error.path = target
      throw error
    }
  }

  /// All are written aside before the first is renamed.
  private static func write(_ files: [(path: String, content: Data)]) throws {
    var aside: [(from: String, to: String)] = []
    defer { for (path, _) in aside { try? FileManager.default.removeItem(atPath: path) } }
    for (path, content) in files {
      let temporary = path + ".\(UUID().uuidString).part"
      aside.append((temporary, path))
      do { try content.write(to: URL(filePath: temporary)) } catch {
        throw RecordError(path, .system(operation: "write", reason: error.localizedDescription))
      }
    }
    for (temporary, path) in aside where rename(temporary, path) != 0 {
      throw RecordError(path, .system(operation: "write", reason: String(cString: strerror(errno))))
    }
  }
}

extension StoredRecording {
  /// The recording without what says of whom it is and when it was made: name, identifier, birth, date and time,
  /// device, institution, and all free text, which may name anyone: statements, comments, words on filters, and names
  /// of signals that are no leads.
  ///
  /// Sex stays, and so does age up to 89, as in the "safe harbor" of 45 CFR 164.514(b)(2), with the leads and what was
  /// measured.
  /// - Returns: and a sentence for each thing that was there.
  public func anonymous() -> (recording: StoredRecording, losses: [String]) {
    var bare = StoredRecording(samplingFrequency: samplingFrequency, leads: leads)
    var losses: [String] = []
    func drop(_ what: String, _ isThere: Bool) {
      if isThere { losses.append("\(what) left out, as asked") }
    }
    bare.patient.sex = patient.sex
    bare.patient.age = patient.age.flatMap { $0 < 90 ? $0 : nil }
    (bare.filters, bare.filters.words) = (filters, [])
    bare.isConfirmed = isConfirmed
    bare.measurements = measurements.map { measurement in
      var measurement = measurement
      if let lead = measurement.lead, LeadName(lead) == nil { measurement.lead = nil }
      return measurement
    }
    var renamed = 0
    for (index, lead) in leads.enumerated() {
      if let name = LeadName(lead.name) {
        if lead.name.contains(where: { "([".contains($0) }) { bare.leads[index].name = name.description }
      } else {
        bare.leads[index].name = "signal \(index + 1)"
        renamed += 1
      }
    }
    drop("the patient's identifier is", patient.id != nil)
    drop("the patient's name is", patient.name != nil)
    drop("the date of birth is", patient.birth != Header.Start())
    drop("an age above 89 is", patient.age != nil && bare.patient.age == nil)
    drop("date and time of the recording are", start != Header.Start())
    drop("the device is", device != nil)
    drop("the institution is", institution != nil)
    drop("the reading that came with the recording is", !statements.isEmpty)
    drop("comments are", !comments.isEmpty)
    drop("the filters' wording is", !filters.words.isEmpty)
    drop("the names of \(renamed) signals that are no leads are", renamed > 0)
    return (bare, losses)
  }
}
