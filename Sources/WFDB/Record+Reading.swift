extension Record {
  /// Reads a record.
  ///
  /// All of it is held in memory, eight bytes a sample; ``RecordStream`` reads one of hours in pieces.
  /// - Parameters:
  ///   - path: the record's path, without an extension or with that of its header or signal file.
  ///   - maximumSamples: of all leads together, beyond which the record is refused, unless its signal files have as
  ///     many bytes. A few bytes of a header or of a FLAC file can stand for billions of missing or constant samples.
  /// - Throws: ``RecordError`` when the header breaks the grammar, or the signal files do not hold what it announces.
  ///   What can be read nevertheless, such as a wrong checksum, is among ``warnings``.
  public init(path: String, maximumSamples: Int = 1 << 28) throws(RecordError) {
    let stream = try RecordStream(path: path)
    let (samples, overflow) = stream.sampleCount.multipliedReportingOverflow(by: stream.leadNames.count)
    guard !overflow, samples <= max(maximumSamples, stream.fileSize) else {
      throw RecordError(
        stream.path,
        .notAsAsked(
          what: "length", found: "\(stream.sampleCount) samples of \(stream.leadNames.count) leads",
          expected: "at most \(maximumSamples) in all to hold in memory"))
    }
    var leads = zip(stream.leadNames, stream.units).map {
      Lead(name: $0, units: $1, samples: [Double](repeating: .nan, count: stream.sampleCount))
    }
    let found = try stream.readAll { row, place, digital in
      leads[row].samples.withUnsafeMutableBufferPointer {
        _ = digital.writePhysical(into: UnsafeMutableBufferPointer(rebasing: $0[place]))
      }
    }
    self.init(stream, leads: leads, sampleCount: stream.sampleCount, warnings: found)
  }

  /// Reads a stretch of a record.
  /// - Parameter frames: those that are read; they become the record's. What the record does not have is left out.
  public init(path: String, frames: Range<Int>) throws(RecordError) {
    let stream = try RecordStream(path: path)
    let present = frames.clamped(to: 0..<stream.sampleCount)
    self.init(stream, leads: try stream.read(present), sampleCount: present.count, warnings: [])
  }

  private init(_ stream: RecordStream, leads: [Lead], sampleCount: Int, warnings: [RecordWarning]) {
    self.init(
      name: stream.name, samplingFrequency: stream.samplingFrequency, sampleCount: sampleCount, leads: leads,
      comments: stream.comments, warnings: sorted(stream.warnings + warnings), header: stream.header)
  }
}

/// By line; those of one line stay in their order.
func sorted(_ warnings: [RecordWarning]) -> [RecordWarning] {
  warnings.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
}
