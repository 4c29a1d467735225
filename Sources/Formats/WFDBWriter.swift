import Foundation
import WFDB

/// A recording as a WFDB record in format 16.
enum WFDBWriter: FormatWriter {
  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    throw FormatError("", found: "WFDB", expected: "a format that is written")
  }
}
