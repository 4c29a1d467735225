/// The signals that share a file, and where their samples lie in it: frame after frame, signal after signal.
struct SignalGroup {
  let path: String
  let format: SignalFormat
  /// Bytes before the first sample; in FLAC, whose bytes have no such place, samples of each signal.
  let byteOffset: Int
  /// Line of the header that names the file first.
  let line: Int
  /// Indices into the header's signals, in file order.
  private(set) var signals: [Int] = []
  /// For each signal, the place of its first sample in a frame.
  private(set) var places: [Int] = []
  /// In format 8, what each signal's differences are added to.
  private(set) var initialValues: [Int32] = []
  /// Samples in a frame, of all signals together.
  private(set) var frameSize = 0

  /// The signals of a header by file, in the order in which the files are named first. Null signals are in none.
  static func groups(of file: HeaderFile) throws(RecordError) -> [SignalGroup] {
    var groups: [SignalGroup] = []
    var fileNames: [String: Int] = [:]
    for (index, signal) in file.header.signals.enumerated() where !signal.isNull {
      guard let format = SignalFormat(rawValue: signal.format) else {
        throw RecordError(file.path, .unsupportedFormat(line: signal.line, format: signal.format))
      }
      let number: Int
      if let last = groups.indices.last, file.header.signals[groups[last].signals[0]].fileName == signal.fileName {
        number = last
      } else if let known = fileNames[signal.fileName] {
        number = known
      } else {
        number = groups.count
        fileNames[signal.fileName] = number
        let path = try file.sibling(signal.fileName, line: signal.line)
        groups.append(SignalGroup(path: path, format: format, byteOffset: signal.byteOffset, line: signal.line))
      }
      func conflict(_ field: String, _ found: Int, _ expected: Int) -> RecordError {
        RecordError(
          file.path, .conflict(line: signal.line, field: field, found: "\(found)", expected: "\(expected)"))
      }
      guard groups[number].format == format else {
        throw conflict("format", signal.format, groups[number].format.rawValue)
      }
      guard groups[number].byteOffset == signal.byteOffset else {
        throw conflict("byte offset", signal.byteOffset, groups[number].byteOffset)
      }
      if format.flacBits != nil, let first = groups[number].signals.first.map({ file.header.signals[$0] }),
        first.samplesPerFrame != signal.samplesPerFrame
      {
        throw conflict("number of samples per frame", signal.samplesPerFrame, first.samplesPerFrame)
      }
      groups[number].signals.append(index)
      groups[number].places.append(groups[number].frameSize)
      if format == .differences8 {
        groups[number].initialValues.append(Int32(truncatingIfNeeded: signal.initialValue ?? 0))
      }
      let (sum, overflow) = groups[number].frameSize.addingReportingOverflow(signal.samplesPerFrame)
      guard !overflow, format.flacBits == nil || sum <= flacFrameLimit else {
        throw RecordError(path: file.path, tooMany: signal)
      }
      groups[number].frameSize = sum
    }
    return groups
  }

  /// A FLAC file's size does not bound what it decompresses to; this does. WFDB's own records have at most some
  /// hundreds.
  private static let flacFrameLimit = 1 << 20

  private init(path: String, format: SignalFormat, byteOffset: Int, line: Int) {
    (self.path, self.format, self.byteOffset, self.line) = (path, format, byteOffset, line)
  }

  /// Samples of one signal in a frame; in a FLAC file all signals have as many.
  var samplesPerFrame: Int { frameSize / max(1, signals.count) }

  /// Bytes of the file up to the last of `frames` frames; nil when there are more than Int can count.
  func byteCount(frames: Int) -> Int? {
    let (samples, overflow) = frames.multipliedReportingOverflow(by: frameSize)
    guard !overflow, let bytes = format.byteCount(samples: samples) else { return nil }
    let (end, tooMany) = byteOffset.addingReportingOverflow(bytes)
    return tooMany ? nil : end
  }

  /// Whole frames in a file of that size, when it is no FLAC.
  func frameCount(fileSize: Int) -> Int { format.sampleCount(bytes: max(0, fileSize - byteOffset)) / frameSize }
}

extension Header.Signal {
  /// Whether no sample of it is stored: signal(5), format 0. So are the signals of a layout header, with the file `~`.
  var isNull: Bool { format == 0 || fileName.utf8.first == UInt8(ascii: "~") && fileName == "~" }
}

extension RecordError {
  fileprivate init(path: String, tooMany signal: Header.Signal) {
    self.init(
      path,
      .header(
        HeaderError(
          .malformed(
            field: "number of samples per frame", found: "\(signal.samplesPerFrame)",
            expected: "a number that a file can hold"), line: signal.line)))
  }
}
