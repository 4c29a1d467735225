/// Reads chosen leads of many records of one kind, quickly: into memory that the caller owns, in millivolts.
///
/// It goes through the same header parser and decoders as ``Record``, and keeps its buffers between records. Each task
/// of a parallel load has its own.
public struct LeadReader: Sendable {
  /// What was found on the way.
  public struct Outcome: Sendable, Equatable {
    public var missing: Int  // samples that are NaN
    public var warnings: [RecordWarning]
  }

  private let leads: [String]
  private let sampleCount: Int
  private let samplingFrequency: Double
  private var decoder = SignalDecoder()

  /// - Parameters:
  ///   - leads: their names, in the order of the output; a record may write them in another case and order.
  ///   - sampleCount: samples that every record must have.
  ///   - samplingFrequency: hertz, which every record must have.
  public init(leads: [String], sampleCount: Int, samplingFrequency: Double) {
    (self.leads, self.sampleCount, self.samplingFrequency) = (leads, sampleCount, samplingFrequency)
  }

  /// Reads one record.
  /// - Parameters:
  ///   - path: the record's path, as for ``Record/init(path:)``.
  ///   - output: `[leads, samples]`, lead after lead; a missing sample is NaN.
  /// - Throws: ``RecordError`` when the record cannot be read, lacks a lead, or has another length, rate or unit.
  /// - Precondition: `output` has exactly `leads × sampleCount` elements.
  public mutating func read(
    _ path: String, into output: UnsafeMutableBufferPointer<Float>
  ) throws(RecordError) -> Outcome {
    precondition(output.count == leads.count * sampleCount, "\(output.count) elements for [leads, samples]")
    let file = try HeaderFile(path)
    let header = file.header
    guard header.segmentCount == nil else {
      throw RecordError(file.path, .notAsAsked(what: "record", found: "multi-segment", expected: "a single segment"))
    }
    guard header.samplingFrequency == samplingFrequency else {
      throw RecordError(
        file.path,
        .notAsAsked(
          what: "sampling frequency", found: "\(header.samplingFrequency) Hz", expected: "\(samplingFrequency) Hz"))
    }
    var rows = [Int?](repeating: nil, count: header.signals.count)  // of the output, by signal
    for (row, lead) in leads.enumerated() {
      guard let index = header.signalIndex(named: lead) else {
        let names = header.signals.prefix(20).map(\.name).joined(separator: ", ")
        throw RecordError(file.path, .lead(name: lead, problem: "the record has none of that name; it has \(names)"))
      }
      guard !header.signals[index].isNull else {
        throw RecordError(file.path, .lead(name: lead, problem: "it is stored nowhere"))
      }
      guard rows[index] == nil else {
        throw RecordError(file.path, .lead(name: lead, problem: "asked for twice"))
      }
      rows[index] = row
    }

    var outcome = Outcome(missing: 0, warnings: [])
    let count = sampleCount
    for group in try SignalGroup.groups(of: file) where group.signals.contains(where: { rows[$0] != nil }) {
      let flac = group.format.flacBits == nil ? nil : try FLACDecoder(group)
      let input = try InputFile(group.path)
      let held = try flac?.frameCount() ?? group.frameCount(fileSize: input.size)
      let frames = header.sampleCount ?? held
      guard frames == count else {
        throw RecordError(
          file.path, .notAsAsked(what: "number of samples", found: "\(frames)", expected: "\(count)"))
      }
      let failure: RecordError? = try decode(group, 0..<frames, of: input, flac) { samples in
        for (index, place) in zip(group.signals, group.places) {
          guard let row = rows[index] else { continue }
          var signal = header.signals[index]
          guard let scale = millivolts(per: signal.units) else {
            let problem = "its units are '\(signal.units)'; expected mV, uV or V"
            return RecordError(file.path, .lead(name: signal.name, problem: problem))
          }
          signal.gain /= scale
          let digital = DigitalSignal(samples, frames: frames, group: group, place: place, signal: signal)
          let part = UnsafeMutableBufferPointer(rebasing: output[row * count..<(row + 1) * count])
          outcome.missing += digital.writePhysical(into: part)
          var check = SignalCheck()
          check.add(digital, frames: frames)
          outcome.warnings += check.warnings(for: signal)
        }
        return nil
      }
      if let failure { throw failure }
    }
    return outcome
  }

  private mutating func decode<Result>(
    _ group: SignalGroup, _ frames: Range<Int>, of input: borrowing InputFile, _ flac: FLACDecoder?,
    _ body: (UnsafeBufferPointer<Int32>) -> Result
  ) throws(RecordError) -> Result {
    if let flac { return try flac.decode(frames, body) }
    var sums = group.initialValues
    return try decoder.decode(group, frames: frames, of: input, sums: &sums, body)
  }
}

extension Header {
  /// The signal of that name; where none is written so, one that differs only in case.
  func signalIndex(named name: String) -> Int? {
    if let index = signals.firstIndex(where: { $0.name == name }) { return index }
    let lowercased = name.lowercased()
    return signals.firstIndex { $0.name.lowercased() == lowercased }
  }
}

/// How many millivolts one unit is; nil for what is no voltage.
public func millivolts(per unit: String) -> Double? {
  switch unit {
  case "mV", "mv", "MV": 1
  case "uV", "uv", "UV", "µV", "μV": 0.001
  case "V", "v": 1000
  default: nil
  }
}
