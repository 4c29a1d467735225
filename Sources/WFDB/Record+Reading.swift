extension Record {
  /// Reads a record.
  /// - Parameter path: the record's path, without an extension or with that of its header or signal file.
  /// - Throws: ``RecordError`` when the header breaks the grammar, or the signal files do not hold what it announces.
  ///   What can be read nevertheless, such as a wrong checksum, is among ``warnings``.
  public init(path: String) throws(RecordError) { try self.init(try HeaderFile(path)) }

  private init(_ file: HeaderFile) throws(RecordError) {
    let header = file.header
    self.init(
      name: header.name, samplingFrequency: header.samplingFrequency, sampleCount: 0, leads: [],
      comments: header.comments, warnings: [], header: header)
    if header.segmentCount != nil {
      try readSegments(of: file)
    } else {
      try readSignals(of: file)
    }
  }

  private mutating func readSignals(of file: HeaderFile) throws(RecordError) {
    let groups = try SignalGroup.groups(of: file)
    sampleCount = try frameCount(of: groups, in: file)
    var leads = [Lead?](repeating: nil, count: header.signals.count)
    for group in groups {
      let input = try InputFile(group.path)
      if group.frameCount(fileSize: input.size) > sampleCount {
        warnings.append(
          RecordWarning(
            line: header.signals[group.signals[0]].line,
            reason: "the signal file holds \(group.frameCount(fileSize: input.size)) samples a signal; "
              + "\(sampleCount) are read"))
      }
      var decoder = SignalDecoder()
      let (frames, header) = (sampleCount, header)
      let (read, found) = try decoder.decode(group, frames: frames, of: input) { samples in
        var (read, found): ([Lead], [RecordWarning]) = ([], [])
        for (index, place) in zip(group.signals, group.places) {
          let signal = header.signals[index]
          let digital = DigitalSignal(samples, frames: frames, group: group, place: place, signal: signal)
          let values = [Double](unsafeUninitializedCapacity: frames) { buffer, count in
            _ = digital.writePhysical(into: UnsafeMutableBufferPointer(rebasing: buffer[..<frames]))
            count = frames
          }
          read.append(Lead(name: signal.name, units: signal.units, samples: values))
          found += digital.warnings()
        }
        return (read, found)
      }
      for (index, lead) in zip(group.signals, read) { leads[index] = lead }
      warnings += found
    }
    self.leads = leads.compactMap { $0 }
    warnings.sort { $0.line < $1.line }
  }

  /// The header's number of samples, else what the shortest signal file holds.
  private func frameCount(of groups: [SignalGroup], in file: HeaderFile) throws(RecordError) -> Int {
    if let count = header.sampleCount { return groups.isEmpty ? 0 : count }
    var shortest: Int?
    for group in groups {
      let count = group.frameCount(fileSize: try InputFile(group.path).size)
      shortest = min(shortest ?? count, count)
    }
    guard let shortest, shortest > 0 else { throw RecordError(file.path, .noSamples) }
    return shortest
  }

  /// Joins the segments of a fixed layout: all have the same signals, and none is a gap.
  private mutating func readSegments(of file: HeaderFile) throws(RecordError) {
    for segment in header.segments {
      func refuse(_ problem: String) -> RecordError {
        RecordError(file.path, .segment(line: segment.line, problem: problem))
      }
      guard segment.name != "~", segment.sampleCount > 0 else {
        throw refuse("segment '\(segment.name)': gaps and layout segments (variable layout) are not supported")
      }
      let part = try HeaderFile(try file.sibling(segment.name, line: segment.line) + ".hea")
      guard part.header.segmentCount == nil else { throw refuse("segment \(segment.name) has segments itself") }
      let record = try Record(part)
      guard record.sampleCount == segment.sampleCount else {
        throw refuse("segment \(segment.name) has \(record.sampleCount) samples; the line says \(segment.sampleCount)")
      }
      guard record.samplingFrequency == samplingFrequency else {
        throw refuse("segment \(segment.name) has \(record.samplingFrequency) Hz; the record \(samplingFrequency) Hz")
      }
      if leads.isEmpty {
        leads = record.leads
      } else {
        guard record.leads.map(\.name) == leads.map(\.name), record.leads.map(\.units) == leads.map(\.units) else {
          throw refuse("segment \(segment.name) has other signals or units than the first segment")
        }
        for i in leads.indices { leads[i].samples += record.leads[i].samples }
      }
      warnings += record.warnings.map {
        RecordWarning(line: segment.line, reason: "segment \(segment.name), \($0.description)")
      }
      sampleCount += record.sampleCount
    }
    if let announced = header.sampleCount, announced != sampleCount {
      warnings.append(
        RecordWarning(line: 1, reason: "the segments hold \(sampleCount) samples; the header says \(announced)"))
    }
  }
}
