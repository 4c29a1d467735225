import Foundation
import WFDB

/// A recording as a WFDB record in format 16.
enum WFDBWriter: FormatWriter {
  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    do {
      let record = try EncodedRecord(name: name, samplingFrequency: recording.samplingFrequency, leads: recording.leads, comments: recording.comments)
      return WrittenRecording(files: [.init(name + ".dat", record.signals), .init(name + ".hea", record.header)], losses: [])
    } catch { throw FormatError("", found: "\(error)", expected: "a record") }
  }
}
