import Foundation
import WFDB

/// A European Data Format file, EDF or EDF+. Source: Kemp et al. 1992; Kemp & Olivan 2003.
public enum EDF: FormatReader, FormatWriter {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { false }

  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    throw FormatError("", found: "nothing", expected: "a reader")
  }

  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    throw FormatError("", found: "nothing", expected: "a writer")
  }
}
