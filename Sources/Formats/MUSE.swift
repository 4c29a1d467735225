import Foundation
import WFDB

/// A GE MUSE XML file (RestingECG).
public enum MUSE: FormatReader {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { false }

  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    throw FormatError("", found: "nothing", expected: "a reader")
  }
}
