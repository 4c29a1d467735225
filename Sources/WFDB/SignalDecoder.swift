/// The digital values of signal files that are no FLAC, a stretch at a time. Its memory is kept between calls.
struct SignalDecoder {
  private var bytes: [UInt8] = []
  private var samples: [Int32] = []

  /// Decodes frames of the group's file, and shows them; in format 8 added up from the frame's start on.
  ///
  /// The file's size is compared with what is asked for before memory is taken, so a header's claim costs nothing.
  /// - Parameters:
  ///   - sums: what the differences of format 8 are added to, one per signal; afterwards the values of the last frame.
  ///   - body: takes `[frames, group.frameSize]` digital values.
  mutating func decode<Result>(
    _ group: SignalGroup, frames: Range<Int>, of file: borrowing InputFile, sums: inout [Int32],
    _ body: (UnsafeBufferPointer<Int32>) -> Result
  ) throws(RecordError) -> Result {
    guard let end = group.byteCount(frames: frames.upperBound), end <= file.size else {
      throw group.tooShort(frames: frames.upperBound, fileSize: file.size)
    }
    // All these fit, because the end does: see byteCount.
    let unit = group.format.unit
    let first = frames.lowerBound * group.frameSize
    let skipped = first % unit.samples
    let count = skipped + frames.count * group.frameSize
    let start = group.byteOffset + first / unit.samples * unit.bytes
    try file.read(max(0, end - start), from: start, into: &bytes)
    if samples.count < count { samples = [Int32](repeating: 0, count: count) }
    return bytes.withUnsafeBytes { input in
      samples.withUnsafeMutableBufferPointer { output in
        group.format.decode(input, into: UnsafeMutableBufferPointer(rebasing: output[..<count]))
        let part = UnsafeMutableBufferPointer(rebasing: output[skipped..<count])
        if group.format == .differences8 { group.addUp(part, from: &sums) }
        return body(UnsafeBufferPointer(part))
      }
    }
  }
}

extension SignalGroup {
  func tooShort(frames: Int, fileSize: Int) -> RecordError {
    RecordError(path, .tooShort(expected: byteCount(frames: frames), found: fileSize, samples: frames))
  }

  /// Differences of format 8 → values. They wrap around, as they do in the WFDB library.
  fileprivate func addUp(_ samples: UnsafeMutableBufferPointer<Int32>, from sums: inout [Int32]) {
    for (number, place) in places.enumerated() {
      var sum = sums[number]
      let end = number + 1 < places.count ? places[number + 1] : frameSize
      for frame in stride(from: 0, to: samples.count, by: frameSize) {
        for position in frame + place..<frame + end {
          sum &+= samples[position]
          samples[position] = sum
        }
      }
      sums[number] = sum
    }
  }
}
