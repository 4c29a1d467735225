import Foundation
import WFDB

/// The formats of recordings beside WFDB: a case, a file of this room.
public enum RecordFormat: String, Sendable, CaseIterable {
  case wfdb, scp, dicom, aecg, muse, edf, csv

  /// As its users call it.
  public var title: String {
    switch self {
    case .wfdb: "WFDB"
    case .scp: "SCP-ECG"
    case .dicom: "DICOM"
    case .aecg: "HL7 aECG"
    case .muse: "GE MUSE XML"
    case .edf: "EDF+"
    case .csv: "CSV"
    }
  }

  /// Samples of all leads together beyond which a file is refused before memory is taken for them: 24 hours of 3 leads
  /// at 256 Hz are half as many.
  public static let maximumSamples = 1 << 27

  /// How the bytes of a file become a recording. WFDB has no place here: it reads several files, as ``RecordStream``.
  var reader: (any FormatReader.Type)? {
    switch self {
    case .wfdb: nil
    case .scp: SCP.self
    case .dicom: DICOM.self
    case .aecg: AECG.self
    case .muse: MUSE.self
    case .edf: EDF.self
    case .csv: CSV.self
    }
  }

  /// What writes it, if it is written.
  var writer: (any FormatWriter.Type)? {
    switch self {
    case .wfdb: WFDBWriter.self
    case .dicom: DICOM.self
    case .aecg: AECG.self
    case .edf: EDF.self
    case .csv: CSV.self
    case .scp, .muse: nil
    }
  }
}

/// A format that is read: the bytes of one file → a recording.
protocol FormatReader {
  /// Whether a file that begins so is of the format; its first 4096 bytes are shown, or all there are.
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool
  /// - Throws: ``FormatError`` without a path.
  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording
}

/// A format that is written.
protocol FormatWriter {
  /// - Parameter name: of the files, without extension; letters, digits, `_` and `-`.
  /// - Throws: ``FormatError`` when the recording cannot be written at all.
  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording
}

/// A recording as files, and what they do not keep. The same recording always has the same bytes.
public struct WrittenRecording: Sendable, Equatable {
  public struct File: Sendable, Equatable {
    public var name: String
    public var content: Data
    public init(_ name: String, _ content: Data) { (self.name, self.content) = (name, content) }
  }
  /// In the order in which they are written.
  public var files: [File]
  /// A sentence each, in English: `lead V3: values are rounded to 0.001 mV, by 0.0004 mV at most`.
  public var losses: [String]
  public init(files: [File], losses: [String]) { (self.files, self.losses) = (files, losses) }
}

extension RecordFormat {
  /// The titles of those that are written, for errors.
  static var written: String { allCases.filter { $0.writer != nil }.map(\.title).joined(separator: ", ") }

  /// - Throws: ``FormatError`` when the format is not written, or cannot hold the recording.
  public func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    guard let writer else {
      throw FormatError("", found: "\(title), which is read and not written", expected: Self.written)
    }
    return try writer.write(recording, name: name)
  }
}
