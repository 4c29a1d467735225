/// A record of any length, open for reading stretches of it: a recording of hours, a piece at a time.
///
/// ```
/// let stream = try RecordStream(path: "holter/night")
/// let leads = (0..<stream.leadNames.count).filter { stream.isVoltage($0) }
/// let piece = Int(10 * stream.samplingFrequency)
/// var samples = [Float](repeating: 0, count: leads.count * piece)  // [leads, samples], mV; reused
/// for start in stride(from: 0, to: stream.sampleCount - piece, by: piece) {
///   try samples.withUnsafeMutableBufferPointer {
///     try stream.readMillivolts(start..<start + piece, leads: leads, into: $0)
///   }
/// }
/// ```
/// It holds the files open, and some 100 kB, whatever the record's length. Stretches may come in any order and overlap;
/// those that follow one another are quickest, and so are those of 1000 frames or more. A record of segments opens one
/// segment's files at a time. A stream belongs to one task; several tasks open one each.
///
/// Whether checksums are right is seen only by reading the whole: ``Record/init(path:maximumSamples:)`` and
/// ``Record/Summary/init(path:)`` do.
public final class RecordStream {
  /// The header file's.
  public let path: String
  public var name: String { header.name }
  /// Frames per second, in hertz.
  public var samplingFrequency: Double { header.samplingFrequency }
  /// Frames, of all segments together.
  public let sampleCount: Int
  /// The axis of leads of all that is read: the header's signals; in a record of segments the layout's, or the first's.
  public let leadNames: [String]
  public let units: [String]
  public let header: Header
  public var comments: [String] { header.comments }
  /// What is odd in the headers, which files are missing, and where lengths disagree.
  public let warnings: [RecordWarning]

  private let parts: [Part]
  /// The leads of a record that is held in memory, and has no files.
  let held: [Lead]?
  /// The files of the part that was read last.
  private var open: (part: Int, files: [SignalFile])?
  /// While the whole record is read once, in order: one for each part's signals.
  private var checks: [[SignalCheck]] = []

  /// Opens a record and looks at its headers and at the sizes of its signal files.
  /// - Parameter path: the record's path, without an extension or with that of its header or signal file.
  /// - Throws: ``RecordError`` when the header breaks the grammar, or the signal files do not hold what it announces.
  public convenience init(path: String) throws(RecordError) {
    let opening = try Opening(HeaderFile(path))
    self.init(opening)
  }

  private init(_ opening: Opening) {
    (header, parts, sampleCount) = (opening.header, opening.parts, opening.sampleCount)
    (leadNames, units) = (opening.leadNames, opening.units)
    warnings = sorted(opening.warnings)
    path = opening.file.path
    held = nil
  }

  /// A record that is in memory, read as one of files is.
  /// - Parameter path: where it came from, for errors.
  public init(_ record: Record, path: String) {
    (header, held, sampleCount) = (record.header, record.leads, record.sampleCount)
    (leadNames, units) = (record.leads.map(\.name), record.leads.map(\.units))
    (warnings, parts, self.path) = (record.warnings, [], path)
  }

  /// Whether the lead is in volts, millivolts or microvolts, so that ``readMillivolts(_:leads:into:)`` takes it.
  public func isVoltage(_ lead: Int) -> Bool { millivolts(per: units[lead]) != nil }

  /// Bytes of the signal files.
  var fileSize: Int { parts.reduce(0) { $0 &+ ($1.source?.fileSize ?? 0) } }

  /// Reads a stretch of every lead, in the leads' units; a missing sample is NaN.
  /// - Precondition: `frames` lies in `0..<sampleCount`.
  public func read(_ frames: Range<Int>) throws(RecordError) -> [Lead] {
    if let held {
      return held.map { Lead(name: $0.name, units: $0.units, samples: Array($0.samples[frames])) }
    }
    var leads = zip(leadNames, units).map {
      Lead(name: $0, units: $1, samples: [Double](repeating: .nan, count: frames.count))
    }
    try forEachPiece(of: frames, leads: Array(leads.indices)) { row, place, digital in
      leads[row].samples.withUnsafeMutableBufferPointer {
        _ = digital.writePhysical(into: UnsafeMutableBufferPointer(rebasing: $0[place]))
      }
    }
    return leads
  }

  /// Reads a stretch of some leads, in millivolts.
  /// - Parameters:
  ///   - leads: indices into ``leadNames``, in the order of the output.
  ///   - output: `[leads, frames]`, lead after lead; a missing sample is NaN.
  /// - Throws: ``RecordError`` when a file cannot be read, or a lead is no voltage.
  /// - Precondition: `frames` lies in `0..<sampleCount`, and `output` has `leads.count × frames.count` elements.
  public func readMillivolts(
    _ frames: Range<Int>, leads: [Int], into output: UnsafeMutableBufferPointer<Float>
  ) throws(RecordError) {
    precondition(output.count == leads.count * frames.count, "\(output.count) elements for [leads, frames]")
    var scales: [Double] = []
    for lead in leads {
      guard let scale = millivolts(per: units[lead]) else {
        throw RecordError(
          path,
          .lead(name: leadNames[lead], problem: "its units are '\(units[lead])'; expected mV, uV or V"))
      }
      scales.append(scale)
    }
    if let held {
      for (row, lead) in leads.enumerated() {
        for (place, frame) in frames.enumerated() {
          output[row * frames.count + place] = Float(held[lead].samples[frame] * scales[row])
        }
      }
      return
    }
    output.update(repeating: .nan)
    try forEachPiece(of: frames, leads: leads) { row, place, digital in
      let start = row * frames.count
      let part = UnsafeMutableBufferPointer(rebasing: output[start + place.lowerBound..<start + place.upperBound])
      var digital = digital
      digital.signal.gain /= scales[row]
      _ = digital.writePhysical(into: part)
    }
  }

  /// Reads the whole once, in pieces, and compares each signal with its checksum and first value.
  /// - Parameter body: takes a lead's index, the piece's place in the record, and its values.
  func readAll(_ body: (Int, Range<Int>, DigitalSignal) -> Void) throws(RecordError) -> [RecordWarning] {
    checks = parts.map { part in (part.source?.signals ?? []).map { _ in SignalCheck() } }
    defer { checks = [] }
    try forEachPiece(of: 0..<sampleCount, leads: Array(leadNames.indices), body)
    var found: [RecordWarning] = []
    for (part, checks) in zip(parts, checks) {
      guard let source = part.source else { continue }
      for signal in source.groups.flatMap(\.signals).sorted() {
        found += checks[signal].warnings(for: source.signals[signal]).map(part.warning)
      }
    }
    return found
  }

  /// Shows digital values of a stretch, piece by piece and lead by lead. What no file holds is not shown.
  /// - Parameter body: takes the place in `leads`, the piece's place in the stretch, and its values.
  private func forEachPiece(
    of frames: Range<Int>, leads: [Int], _ body: (Int, Range<Int>, DigitalSignal) -> Void
  ) throws(RecordError) {
    precondition(frames.lowerBound >= 0 && frames.upperBound <= sampleCount, "\(frames) of \(sampleCount) frames")
    for (number, part) in parts.enumerated() {
      let stretch = frames.clamped(to: part.frames)
      guard !stretch.isEmpty, let source = part.source else { continue }
      for (group, file) in zip(source.groups, try files(of: number)) {
        // The rows of the output that each of the group's signals fills.
        let rows = group.signals.map { signal in leads.indices.filter { source.leads[signal] == leads[$0] } }
        guard rows.contains(where: { !$0.isEmpty }) else { continue }
        let isChecked = !checks.isEmpty
        // A signal that lags is read again, that many frames ahead; so memory does not depend on the lag.
        let skews = Set(group.signals.map { source.signals[$0].skew } + (isChecked ? [0] : [])).sorted()
        let step = max(1, Self.samplesPerPiece / group.frameSize)
        for start in stride(from: stretch.lowerBound, to: stretch.upperBound, by: step) {
          let piece = start - part.frames.lowerBound..<min(start + step, stretch.upperBound) - part.frames.lowerBound
          for skew in skews where skew < part.frames.count - piece.lowerBound {
            let shifted = piece.lowerBound + skew..<min(piece.upperBound, part.frames.count - skew) + skew
            let first = start - frames.lowerBound
            try file.decode(shifted) { samples in
              for (index, signal) in group.signals.enumerated() {
                let digital = DigitalSignal(
                  samples, frames: shifted.count, group: group, place: group.places[index],
                  signal: source.signals[signal].withoutSkew)
                if isChecked, skew == 0 { checks[number][signal].add(digital, frames: piece.count) }
                guard source.signals[signal].skew == skew else { continue }
                for row in rows[index] { body(row, first..<first + shifted.count, digital) }
              }
            }
          }
        }
      }
    }
  }

  /// Samples of a file that are decoded at once: they and their bytes stay in a processor's cache.
  private static let samplesPerPiece = 1 << 14

  private func files(of number: Int) throws(RecordError) -> [SignalFile] {
    if let open, open.part == number { return open.files }
    open = nil  // closes the files of the segment before
    var files: [SignalFile] = []
    for group in parts[number].source?.groups ?? [] {
      let file = try SignalFile(group)
      try file.require(frames: parts[number].frames.count)
      files.append(file)
    }
    open = (number, files)
    return files
  }
}

extension Header.Signal {
  fileprivate var withoutSkew: Self {
    var signal = self
    signal.skew = 0
    return signal
  }
}
