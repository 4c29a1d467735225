import Foundation
import WFDB

/// A DICOM waveform object. Source: DICOM PS3.3, PS3.5 and PS3.10 (2024).
public enum DICOM: FormatReader, FormatWriter {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { false }

  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    throw FormatError("", found: "nothing", expected: "a reader")
  }

  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    throw FormatError("", found: "nothing", expected: "a writer")
  }
}
