import WFDB
extension DICOM {
  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    throw FormatError("", found: "nothing", expected: "a writer")
  }
}
