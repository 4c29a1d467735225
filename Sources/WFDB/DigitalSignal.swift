/// One signal's digital values among those of its group: `[frames, frameSize]`, of which it has the places from
/// `place`.
struct DigitalSignal {
  let samples: UnsafeBufferPointer<Int32>
  let frames: Int
  let frameSize: Int
  let place: Int
  var signal: Header.Signal
  let missing: Int32

  init(_ samples: UnsafeBufferPointer<Int32>, frames: Int, group: SignalGroup, place: Int, signal: Header.Signal) {
    (self.samples, self.frames, frameSize) = (samples, frames, group.frameSize)
    (self.place, self.signal, missing) = (place, signal, group.format.missing)
    precondition(samples.count == frames * frameSize && place + signal.samplesPerFrame <= frameSize)
  }

  /// Writes the physical value of each frame; NaN where it is missing. A skewed signal is moved forward, and what lies
  /// beyond the frames that are there is missing.
  ///
  /// Several samples a frame become their mean as a whole number of ADC units, as in wfdb-python's
  /// `rdrecord(smooth_frames=True)`. A missing sample counts there with its digital value, so that a frame is NaN only
  /// when all of it is missing; ``SignalCheck`` tells of the others.
  /// - Parameter output: one element per frame, of which there may be fewer than frames.
  /// - Returns: how many are missing.
  @inline(__always)
  func writePhysical<Output: BinaryFloatingPoint>(into output: UnsafeMutableBufferPointer<Output>) -> Int {
    let (baseline, gain) = (Double(signal.baseline), signal.gain)
    let present = max(0, min(output.count, frames - signal.skew))
    var missingCount = output.count - present
    if signal.samplesPerFrame == 1 {
      var position = signal.skew &* frameSize &+ place  // inside, if any frame is present
      for frame in 0..<present {
        let digital = samples[position]
        output[frame] = digital == missing ? .nan : Output((Double(digital) - baseline) / gain)
        missingCount &+= digital == missing ? 1 : 0
        position &+= frameSize
      }
    } else {
      for frame in 0..<present {
        let first = (frame + signal.skew) * frameSize + place
        var sum = 0
        for position in first..<first + signal.samplesPerFrame { sum += Int(samples[position]) }
        let digital = sum / signal.samplesPerFrame  // toward zero
        output[frame] = digital == missing ? .nan : Output((Double(digital) - baseline) / gain)
        missingCount += digital == missing ? 1 : 0
      }
    }
    for frame in present..<output.count { output[frame] = .nan }
    return missingCount
  }
}

/// What a signal's file holds against what the header says of it: the first value, and the sum of all, modulo 2¹⁶; and
/// frames that are missing in part. It sees all frames, in order, in one piece or several.
struct SignalCheck {
  private var first: Int32?
  private var sum: Int32 = 0
  private var frames = 0
  private var partly = 0

  /// Takes in the first `count` frames.
  mutating func add(_ digital: DigitalSignal, frames count: Int) {
    let (samples, place, signal) = (digital.samples, digital.place, digital.signal)
    guard count > 0 else { return }
    if first == nil { first = samples[place] }
    frames += count
    if signal.samplesPerFrame == 1 {
      guard signal.checksum != nil else { return }
      var (position, sum) = (place, sum)
      for _ in 0..<count {
        sum &+= samples[position]
        position &+= digital.frameSize
      }
      self.sum = sum
      return
    }
    for frame in 0..<count {
      let start = frame * digital.frameSize + place
      var absent = 0
      for position in start..<start + signal.samplesPerFrame {
        sum &+= samples[position]
        absent += samples[position] == digital.missing ? 1 : 0
      }
      partly += absent > 0 && absent < signal.samplesPerFrame ? 1 : 0
    }
  }

  func warnings(for signal: Header.Signal) -> [RecordWarning] {
    var warnings: [RecordWarning] = []
    func warn(_ reason: String) {
      warnings.append(RecordWarning(line: signal.line, reason: "signal \(signal.name): \(reason)"))
    }
    if partly > 0 { warn("in \(partly) of \(frames) frames some samples are missing; their mean is false") }
    // In format 8 it is what the first difference is added to.
    if let expected = signal.initialValue, let first, first != expected, signal.format != 8 {
      warn("the first sample is \(first); the header says \(expected)")
    }
    if let expected = signal.checksum {
      let found = UInt16(truncatingIfNeeded: sum)
      if found != UInt16(truncatingIfNeeded: expected) {  // written with a sign or without
        let shown = expected < 0 ? Int(Int16(bitPattern: found)) : Int(found)
        warn("the checksum is \(shown); the header says \(expected)")
      }
    }
    return warnings
  }
}
