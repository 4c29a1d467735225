import Foundation
import WFDB

/// An HL7 annotated ECG. Source: HL7 V3 aECG (ANSI/HL7 V3 ECG, R1-2004).
public enum AECG: FormatReader, FormatWriter {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { false }

  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    throw FormatError("", found: "nothing", expected: "a reader")
  }

  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    throw FormatError("", found: "nothing", expected: "a writer")
  }
}
