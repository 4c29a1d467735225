/// The signals that share a file, and where their samples lie in it: frame after frame, signal after signal.
struct SignalGroup {
  let path: String
  let format: SignalFormat
  let byteOffset: Int
  /// Indices into the header's signals, in file order.
  private(set) var signals: [Int] = []
  /// For each signal, the place of its first sample in a frame.
  private(set) var places: [Int] = []
  /// Samples in a frame, of all signals together.
  private(set) var frameSize = 0

  /// The signals of a header by file, in the order in which the files are named first.
  static func groups(of file: HeaderFile) throws(RecordError) -> [SignalGroup] {
    var groups: [SignalGroup] = []
    var fileNames: [String: Int] = [:]
    for (index, signal) in file.header.signals.enumerated() {
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
        groups.append(SignalGroup(path: path, format: format, byteOffset: signal.byteOffset))
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
      groups[number].signals.append(index)
      groups[number].places.append(groups[number].frameSize)
      let (sum, overflow) = groups[number].frameSize.addingReportingOverflow(signal.samplesPerFrame)
      guard !overflow else {
        throw RecordError(path: file.path, tooMany: signal)
      }
      groups[number].frameSize = sum
    }
    return groups
  }

  private init(path: String, format: SignalFormat, byteOffset: Int) {
    (self.path, self.format, self.byteOffset) = (path, format, byteOffset)
  }

  /// Bytes of the file up to the last of `frames` frames; nil when there are more than Int can count.
  func byteCount(frames: Int) -> Int? {
    let (samples, overflow) = frames.multipliedReportingOverflow(by: frameSize)
    guard !overflow, let bytes = format.byteCount(samples: samples) else { return nil }
    let (end, tooMany) = byteOffset.addingReportingOverflow(bytes)
    return tooMany ? nil : end
  }

  /// Whole frames in a file of that size.
  func frameCount(fileSize: Int) -> Int { format.sampleCount(bytes: max(0, fileSize - byteOffset)) / frameSize }
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

/// The digital values of one signal file at a time. Its memory is kept between files.
struct SignalDecoder {
  private var bytes: [UInt8] = []
  private var samples: [Int32] = []

  /// Decodes `frames` frames of the group's file, and shows them.
  ///
  /// The file's size is compared with what the header claims before memory is taken, so a claim costs nothing.
  /// - Parameter body: takes `[frames, group.frameSize]` digital values.
  mutating func decode<Result>(
    _ group: SignalGroup, frames: Int, of file: borrowing InputFile,
    _ body: (UnsafeBufferPointer<Int32>) -> Result
  ) throws(RecordError) -> Result {
    guard let end = group.byteCount(frames: frames), end <= file.size else {
      throw RecordError(
        file.path,
        .tooShort(expected: group.byteCount(frames: frames), found: file.size, samples: frames))
    }
    let (byteCount, sampleCount) = (end - group.byteOffset, frames * group.frameSize)  // both fit: see byteCount
    try file.read(byteCount, from: group.byteOffset, into: &bytes)
    if samples.count < sampleCount { samples = [Int32](repeating: 0, count: sampleCount) }
    return bytes.withUnsafeBytes { input in
      samples.withUnsafeMutableBufferPointer { output in
        let part = UnsafeMutableBufferPointer(rebasing: output[..<sampleCount])
        group.format.decode(input, into: part)
        return body(UnsafeBufferPointer(part))
      }
    }
  }
}

/// One signal's digital values among those of its group: `[frames, frameSize]`, of which it has the places from `place`.
struct DigitalSignal {
  let samples: UnsafeBufferPointer<Int32>
  let frames: Int
  let frameSize: Int
  let place: Int
  let signal: Header.Signal
  let missing: Int32

  init(_ samples: UnsafeBufferPointer<Int32>, frames: Int, group: SignalGroup, place: Int, signal: Header.Signal) {
    (self.samples, self.frames, frameSize) = (samples, frames, group.frameSize)
    (self.place, self.signal, missing) = (place, signal, group.format.missing)
    precondition(samples.count == frames * frameSize && place + signal.samplesPerFrame <= frameSize)
  }

  /// Writes the physical value of each frame; NaN where it is missing. A skewed signal is moved forward, and its last
  /// frames, which lie beyond the file's end, are missing.
  ///
  /// Several samples a frame become their mean as a whole number of ADC units, as in wfdb-python's
  /// `rdrecord(smooth_frames=True)`. A frame of which some samples are missing, not all, gets their mean with the
  /// missing ones at their digital value, as there; ``warnings()`` tells.
  /// - Precondition: `output` has one element per frame.
  /// - Returns: how many are missing.
  @inline(__always)
  func writePhysical<Output: BinaryFloatingPoint>(into output: UnsafeMutableBufferPointer<Output>) -> Int {
    precondition(output.count == frames)
    let (baseline, gain) = (Double(signal.baseline), signal.gain)
    var missingCount = 0
    if signal.samplesPerFrame == 1, signal.skew == 0 {
      var position = place
      for frame in 0..<frames {
        let digital = samples[position]
        output[frame] = digital == missing ? .nan : Output((Double(digital) - baseline) / gain)
        missingCount &+= digital == missing ? 1 : 0
        position &+= frameSize
      }
      return missingCount
    }
    let present = max(0, frames - signal.skew)
    for frame in 0..<present {
      let first = (frame + signal.skew) * frameSize + place
      var sum = 0
      for position in first..<first + signal.samplesPerFrame { sum += Int(samples[position]) }
      let digital = sum / signal.samplesPerFrame  // toward zero
      output[frame] = digital == missing ? .nan : Output((Double(digital) - baseline) / gain)
      missingCount += digital == missing ? 1 : 0
    }
    for frame in present..<frames { output[frame] = .nan }
    return missingCount + frames - present
  }

  /// What the file holds against what the header says of it: the first value, and the sum of all, modulo 2¹⁶; and
  /// frames that are missing in part.
  func warnings() -> [RecordWarning] {
    var warnings: [RecordWarning] = []
    if signal.samplesPerFrame > 1 {
      let partly = (0..<frames).count { frame in
        let first = frame * frameSize + place
        let absent = (first..<first + signal.samplesPerFrame).count { samples[$0] == missing }
        return absent > 0 && absent < signal.samplesPerFrame
      }
      if partly > 0 {
        warnings.append(
          RecordWarning(
            line: signal.line,
            reason: "signal \(signal.name): in \(partly) of \(frames) frames some samples are missing; their mean is false"))
      }
    }
    if let expected = signal.initialValue, frames > 0, samples[place] != expected {
      warnings.append(
        RecordWarning(
          line: signal.line,
          reason: "signal \(signal.name): the first sample is \(samples[place]); the header says \(expected)"))
    }
    if let expected = signal.checksum {
      var sum: Int32 = 0
      if signal.samplesPerFrame == 1 {
        var position = place
        for _ in 0..<frames {
          sum &+= samples[position]
          position &+= frameSize
        }
      } else {
        for frame in 0..<frames {
          let first = frame * frameSize + place
          for position in first..<first + signal.samplesPerFrame { sum &+= samples[position] }
        }
      }
      let found = UInt16(truncatingIfNeeded: sum)
      if found != UInt16(truncatingIfNeeded: expected) {  // written with a sign or without
        let shown = expected < 0 ? Int(Int16(bitPattern: found)) : Int(found)
        warnings.append(
          RecordWarning(
            line: signal.line, reason: "signal \(signal.name): the checksum is \(shown); the header says \(expected)"))
      }
    }
    return warnings
  }
}
