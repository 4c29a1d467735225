extension RecordStream {
  /// A segment, or the whole of a record that has none: which frames it has, and where they come from.
  struct Part {
    var frames: Range<Int>
    /// Nil for a gap, and for a segment whose files are missing.
    var source: Source?
    /// In a record of segments, its line and name.
    var segment: Header.Segment?

    /// A warning of the part's header, as one of the record's.
    func warning(_ warning: RecordWarning) -> RecordWarning {
      segment.map { RecordWarning(line: $0.line, reason: "segment \($0.name), \(warning)") } ?? warning
    }
  }

  /// The signals of one header.
  struct Source {
    /// With the gain that gives the record's units.
    var signals: [Header.Signal]
    /// For each signal, its index among the record's leads; nil when the record has no such lead.
    var leads: [Int?]
    /// The files that are there.
    var groups: [SignalGroup]
    var fileSize: Int
  }

  /// What is found out of a record before samples are read.
  struct Opening {
    let file: HeaderFile
    var header: Header { file.header }
    private(set) var leadNames: [String] = []
    private(set) var units: [String] = []
    private(set) var sampleCount = 0
    private(set) var parts: [Part] = []
    private(set) var warnings: [RecordWarning]

    init(_ file: HeaderFile) throws(RecordError) {
      self.file = file
      warnings = file.header.warnings
      if file.header.segmentCount == nil {
        (leadNames, units) = (header.signals.map(\.name), header.signals.map(\.units))
        let (source, frames, found) = try Self.source(of: file)
        guard let source else { throw try Self.absence(of: file) }
        (sampleCount, parts) = (frames, [Part(frames: 0..<frames, source: source)])
        warnings += found
      } else {
        try openSegments()
      }
    }

    /// The files of one header and its frames, which are the header's number, else what the shortest file holds.
    /// - Returns: no source when all its files are missing.
    private static func source(
      of file: HeaderFile
    ) throws(RecordError) -> (source: Source?, frames: Int, warnings: [RecordWarning]) {
      let header = file.header
      var warnings: [RecordWarning] = []
      var source = Source(
        signals: header.signals, leads: Array(header.signals.indices), groups: [], fileSize: 0)
      var files: [SignalFile] = []
      let groups = try SignalGroup.groups(of: file)
      for group in groups {
        guard !InputFile.isAbsent(group.path) else {
          let names = group.signals.map { header.signals[$0].name }.joined(separator: ", ")
          let fileName = header.signals[group.signals[0]].fileName
          warnings.append(
            RecordWarning(line: group.line, reason: "the signal file \(fileName) is missing, and with it \(names)"))
          continue
        }
        files.append(try SignalFile(group))
        source.groups.append(group)
      }
      for signal in header.signals where signal.isNull {
        warnings.append(
          RecordWarning(line: signal.line, reason: "signal \(signal.name) is stored nowhere: all is missing"))
      }
      guard !source.groups.isEmpty || groups.isEmpty else { return (nil, 0, warnings) }
      if header.signals.isEmpty { return (source, 0, warnings) }
      guard let frames = header.sampleCount ?? files.map(\.frameCount).min(), frames > 0 else {
        throw RecordError(file.path, .noSamples)
      }
      if header.sampleCount == nil {
        warnings.append(
          RecordWarning(
            line: header.line, reason: "the record line has no number of samples; the signal files hold \(frames)"))
      }
      for (group, signalFile) in zip(source.groups, files) {
        try signalFile.require(frames: frames)
        if signalFile.frameCount > frames {
          warnings.append(
            RecordWarning(
              line: group.line,
              reason: "the signal file holds \(signalFile.frameCount) samples a signal; \(frames) are read"))
        }
        source.fileSize += signalFile.size
      }
      return (source, frames, warnings)
    }

    /// Why a record of which every file is missing is refused.
    private static func absence(of file: HeaderFile) throws(RecordError) -> RecordError {
      guard let group = try SignalGroup.groups(of: file).first else { return RecordError(file.path, .noSamples) }
      return RecordError(
        file.path,
        .missingFile(line: group.line, name: file.header.signals[group.signals[0]].fileName))
    }

    /// A fixed layout, in which all segments have the same signals; or a variable one, whose first segment has no
    /// samples but names all signals, of which each segment has some. A segment named `~` is a gap.
    private mutating func openSegments() throws(RecordError) {
      var isVariable = false
      for (number, segment) in header.segments.enumerated() {
        func refuse(_ problem: String) -> RecordError {
          RecordError(file.path, .segment(line: segment.line, problem: problem))
        }
        func warn(_ reason: String) { warnings.append(RecordWarning(line: segment.line, reason: reason)) }
        let (end, overflow) = sampleCount.addingReportingOverflow(segment.sampleCount)
        guard !overflow else { throw refuse("the segments have more samples than Int can count") }
        var part = Part(frames: sampleCount..<end, segment: segment)
        defer {
          if !part.frames.isEmpty { parts.append(part) }
          sampleCount = end
        }
        if segment.name == "~" { continue }
        let path = try file.sibling(segment.name, line: segment.line) + ".hea"
        let isLayout = number == 0 && segment.sampleCount == 0
        guard isLayout || !InputFile.isAbsent(path) else {
          warn("segment \(segment.name) is missing: there is no \(segment.name).hea")
          continue
        }
        let inner = try HeaderFile(path)
        guard inner.header.segmentCount == nil else { throw refuse("segment \(segment.name) has segments itself") }
        guard inner.header.samplingFrequency == header.samplingFrequency else {
          throw refuse(
            "segment \(segment.name) has \(inner.header.samplingFrequency) Hz; "
              + "the record \(header.samplingFrequency) Hz"
          )
        }
        if isLayout {
          isVariable = true
          (leadNames, units) = (inner.header.signals.map(\.name), inner.header.signals.map(\.units))
          continue
        }
        guard segment.sampleCount > 0 else { continue }
        let (source, frames, found) = try Self.source(of: inner)
        warnings += (inner.header.warnings + found).map(part.warning)
        guard var source else { continue }
        guard frames == segment.sampleCount else {
          throw refuse("segment \(segment.name) has \(frames) samples; the line says \(segment.sampleCount)")
        }
        if leadNames.isEmpty, !isVariable {
          (leadNames, units) = (source.signals.map(\.name), source.signals.map(\.units))
        }
        if isVariable {
          for (index, signal) in source.signals.enumerated() {
            source.leads[index] = place(of: signal, in: &source.signals[index])
            if source.leads[index] == nil {
              warn("segment \(segment.name): signal \(signal.name) in \(signal.units) has no place in the layout")
            }
          }
        } else {
          guard source.signals.map(\.name) == leadNames, source.signals.map(\.units) == units else {
            throw refuse("segment \(segment.name) has other signals or units than the first segment")
          }
        }
        part.source = source
      }
      guard parts.contains(where: { $0.source != nil }) else {
        throw RecordError(
          file.path,
          .segment(line: header.segments.first?.line ?? header.line, problem: "none of the segments can be read"))
      }
      if let announced = header.sampleCount, announced != sampleCount {
        warnings.append(
          RecordWarning(
            line: header.line, reason: "the segments hold \(sampleCount) samples; the header says \(announced)"))
      }
    }

    /// The layout's lead of that name, and the signal's gain in that lead's units.
    private func place(of signal: Header.Signal, in scaled: inout Header.Signal) -> Int? {
      guard let lead = leadNames.firstIndex(of: signal.name) else { return nil }
      if units[lead] == signal.units { return lead }
      guard let own = millivolts(per: signal.units), let wanted = millivolts(per: units[lead]) else { return nil }
      scaled.gain *= wanted / own
      return lead
    }
  }
}
