extension RecordStream {
  /// A stretch as a record of its own, of the same name and header; its first sample is the stretch's.
  /// - Throws: ``RecordError`` when a file cannot be read.
  /// - Precondition: `frames` lies in `0..<sampleCount`.
  public func record(_ frames: Range<Int>) throws(RecordError) -> Record {
    Record(
      name: name, samplingFrequency: samplingFrequency, sampleCount: frames.count, leads: try read(frames), comments: comments,
      warnings: warnings, header: header)
  }
}
