import Foundation
import WFDB

/// An SCP-ECG record. Source: EN 1064:2020, ISO 11073-91064:2009.
public enum SCP: FormatReader {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { false }

  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    throw FormatError("", found: "nothing", expected: "a reader")
  }
}
