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
    self = try RecordStream(path: path).whole(maximumSamples: maximumSamples)
  }

  /// Reads a stretch of a record.
  /// - Parameter frames: those that are read; they become the record's. What the record does not have is left out.
  public init(path: String, frames: Range<Int>) throws(RecordError) {
    let stream = try RecordStream(path: path)
    let present = frames.clamped(to: 0..<stream.sampleCount)
    self.init(stream, leads: try stream.read(present), sampleCount: present.count, warnings: [])
  }

  fileprivate init(_ stream: RecordStream, leads: [Lead], sampleCount: Int, warnings: [RecordWarning]) {
    self.init(
      name: stream.name, samplingFrequency: stream.samplingFrequency, sampleCount: sampleCount, leads: leads,
      comments: stream.comments, warnings: sorted(stream.warnings + warnings), header: stream.header)
  }
}

extension RecordStream {
  /// The whole record, held in memory; see ``Record/init(path:maximumSamples:)``.
  public func whole(maximumSamples: Int = 1 << 28) throws(RecordError) -> Record {
    let (samples, overflow) = sampleCount.multipliedReportingOverflow(by: leadNames.count)
    guard !overflow, samples <= max(maximumSamples, fileSize) else {
      throw RecordError(
        path,
        .notAsAsked(
          what: "length", found: "\(sampleCount) samples of \(leadNames.count) leads",
          expected: "at most \(maximumSamples) in all to hold in memory"))
    }
    if let held { return Record(self, leads: held, sampleCount: sampleCount, warnings: []) }
    var leads = zip(leadNames, units).map {
      Lead(name: $0, units: $1, samples: [Double](repeating: .nan, count: sampleCount))
    }
    let found = try readAll { row, place, digital in
      leads[row].samples.withUnsafeMutableBufferPointer {
        _ = digital.writePhysical(into: UnsafeMutableBufferPointer(rebasing: $0[place]))
      }
    }
    return Record(self, leads: leads, sampleCount: sampleCount, warnings: found)
  }
}

/// By line; those of one line stay in their order.
func sorted(_ warnings: [RecordWarning]) -> [RecordWarning] {
  warnings.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
}
