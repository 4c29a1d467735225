import CFLAC

/// The digital values of a FLAC file (formats 508, 516, 524): one channel a signal. Source: signal(5); libFLAC decodes.
///
/// It reads forward and keeps what the last stretch had, so that stretches that follow or overlap need no search.
final class FLACDecoder {
  private let group: SignalGroup
  private let input: InputFile
  private let decoder: UnsafeMutablePointer<FLAC__StreamDecoder>

  /// What the file says of itself; no channels before it was read.
  private var (channels, bits, announcedSamples) = (0, 0, 0)
  private var inputPosition = 0  // where libFLAC reads next, in bytes
  private var failure: RecordError?

  /// Decoded samples `start..<end` of each channel: `[samples, channels]`.
  private var window: [Int32] = []
  private var (start, end) = (0, 0)
  /// The same as `[frames, group.frameSize]`, where a frame has several samples of a signal.
  private var frames: [Int32] = []

  /// Opens the file and reads what precedes its samples.
  /// - Throws: ``RecordError`` when it is no FLAC file of as many channels as the group has signals.
  init(_ group: SignalGroup) throws(RecordError) {
    self.group = group
    input = try InputFile(group.path)
    guard let decoder = FLAC__stream_decoder_new() else {
      throw RecordError(group.path, .system(operation: "decode", reason: "out of memory"))
    }
    self.decoder = decoder
    // libFLAC calls back only within calls that this object makes, so it needs no ownership of it.
    let status = FLAC__stream_decoder_init_stream(
      decoder,
      { FLACDecoder.of($3)?.read(into: $1, count: $2) ?? FLAC__STREAM_DECODER_READ_STATUS_ABORT },
      { FLACDecoder.of($2)?.seek(to: $1) ?? FLAC__STREAM_DECODER_SEEK_STATUS_ERROR },
      { FLACDecoder.of($2)?.tell(into: $1) ?? FLAC__STREAM_DECODER_TELL_STATUS_ERROR },
      { FLACDecoder.of($2)?.tellLength(into: $1) ?? FLAC__STREAM_DECODER_LENGTH_STATUS_ERROR },
      { FLACDecoder.of($1)?.isAtEnd == false ? 0 : 1 },
      { FLACDecoder.of($3)?.take($1, $2) ?? FLAC__STREAM_DECODER_WRITE_STATUS_ABORT },
      { FLACDecoder.of($2)?.takeMetadata($1) },
      { FLACDecoder.of($2)?.takeError($1) },
      Unmanaged.passUnretained(self).toOpaque())
    guard status == FLAC__STREAM_DECODER_INIT_STATUS_OK else { throw refuse("libFLAC cannot begin") }
    try process(FLAC__stream_decoder_process_until_end_of_metadata)
    guard channels > 0 else { throw refuse("it is no FLAC file") }
    guard channels == group.signals.count else {
      throw refuse("it has \(channels) channels; the header names \(group.signals.count) signals in it")
    }
    guard let most = group.format.flacBits, bits <= most else {
      throw refuse(
        "its samples have \(bits) bits; format \(group.format.rawValue) has at most \(group.format.rawValue - 500)")
    }
  }

  var size: Int { input.size }  // bytes

  deinit { FLAC__stream_decoder_delete(decoder) }

  /// Whole frames in the file: as it says, else counted by decoding it once.
  func frameCount() throws(RecordError) -> Int {
    if announcedSamples == 0 {
      try rewind()
      while !isDecoded {
        try process(FLAC__stream_decoder_process_single)
        drop(before: end)
      }
      announcedSamples = end
    }
    return max(0, announcedSamples - group.byteOffset) / group.samplesPerFrame
  }

  /// Decodes frames, and shows them.
  /// - Parameter body: takes `[frames, group.frameSize]` digital values.
  func decode<Result>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Int32>) -> Result
  ) throws(RecordError) -> Result {
    let each = group.samplesPerFrame
    let (length, overflow) = range.upperBound.multipliedReportingOverflow(by: each)
    let (last, carry) = length.addingReportingOverflow(group.byteOffset)
    guard !overflow, !carry else { throw group.tooShort(frames: range.upperBound, fileSize: input.size) }
    let first = group.byteOffset + range.lowerBound * each
    if first < start || first > end + Self.reachWithoutSearch { try search(for: first) }
    while end < last {
      drop(before: first)
      guard !isDecoded else { throw refuse("it ends after \(end) samples a signal; the header has more") }
      try process(FLAC__stream_decoder_process_single)
    }
    drop(before: first)
    if each == 1 {
      return window.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<(range.count * channels)])) }
    }
    frames.removeAll(keepingCapacity: true)
    for frame in 0..<range.count {
      for channel in 0..<channels {
        for sample in frame * each..<(frame + 1) * each { frames.append(window[sample * channels + channel]) }
      }
    }
    return frames.withUnsafeBufferPointer(body)
  }

  /// Samples that are rather decoded and dropped: a search decodes several blocks too.
  private static let reachWithoutSearch = 1 << 16

  private func search(for sample: Int) throws(RecordError) {
    window.removeAll(keepingCapacity: true)
    (start, end) = (sample, sample)
    let isFound = FLAC__stream_decoder_seek_absolute(decoder, UInt64(sample)) != 0
    if let failure { throw failure }
    if !isFound { try rewind() }  // and decode up to there
  }

  private func rewind() throws(RecordError) {
    window.removeAll(keepingCapacity: true)
    (start, end) = (0, 0)
    guard FLAC__stream_decoder_reset(decoder) != 0 else { throw refuse("libFLAC cannot begin anew") }
    try process(FLAC__stream_decoder_process_until_end_of_metadata)
  }

  /// Forgets samples that are not asked for.
  private func drop(before sample: Int) {
    let count = min(sample, end) - start
    guard count > 0 else { return }
    window.removeFirst(count * channels)
    start += count
  }

  private var isDecoded: Bool { FLAC__stream_decoder_get_state(decoder) == FLAC__STREAM_DECODER_END_OF_STREAM }

  private func process(_ step: (UnsafeMutablePointer<FLAC__StreamDecoder>) -> FLAC__bool) throws(RecordError) {
    let succeeded = step(decoder) != 0
    if let failure { throw failure }
    guard succeeded else { throw refuse(String(cString: FLAC__stream_decoder_get_resolved_state_string(decoder))) }
  }

  private func refuse(_ problem: String) -> RecordError { RecordError(group.path, .flac(problem: problem)) }
}

/// What libFLAC asks for and brings.
extension FLACDecoder {
  private static func of(_ pointer: UnsafeMutableRawPointer?) -> FLACDecoder? {
    pointer.map { Unmanaged<FLACDecoder>.fromOpaque($0).takeUnretainedValue() }
  }

  private var isAtEnd: Bool { inputPosition >= input.size }

  private func read(
    into buffer: UnsafeMutablePointer<FLAC__byte>?, count: UnsafeMutablePointer<Int>?
  ) -> FLAC__StreamDecoderReadStatus {
    guard let buffer, let count else { return FLAC__STREAM_DECODER_READ_STATUS_ABORT }
    do {
      count.pointee = try input.read(
        into: UnsafeMutableRawBufferPointer(start: buffer, count: count.pointee), from: inputPosition)
    } catch {
      failure = error
      return FLAC__STREAM_DECODER_READ_STATUS_ABORT
    }
    inputPosition += count.pointee
    return count.pointee > 0
      ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM
  }

  private func seek(to position: FLAC__uint64) -> FLAC__StreamDecoderSeekStatus {
    guard let position = Int(exactly: position) else { return FLAC__STREAM_DECODER_SEEK_STATUS_ERROR }
    inputPosition = position
    return FLAC__STREAM_DECODER_SEEK_STATUS_OK
  }

  private func tell(into position: UnsafeMutablePointer<FLAC__uint64>?) -> FLAC__StreamDecoderTellStatus {
    position?.pointee = UInt64(inputPosition)
    return FLAC__STREAM_DECODER_TELL_STATUS_OK
  }

  private func tellLength(into length: UnsafeMutablePointer<FLAC__uint64>?) -> FLAC__StreamDecoderLengthStatus {
    length?.pointee = UInt64(input.size)
    return FLAC__STREAM_DECODER_LENGTH_STATUS_OK
  }

  /// A block of samples.
  private func take(
    _ frame: UnsafePointer<FLAC__Frame>?, _ buffers: UnsafePointer<UnsafePointer<FLAC__int32>?>?
  ) -> FLAC__StreamDecoderWriteStatus {
    guard let header = frame?.pointee.header, let buffers else { return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT }
    guard Int(header.channels) == channels, Int(header.bits_per_sample) <= bits,
      header.number.sample_number == UInt64(end)
    else {
      failure = failure ?? refuse("a block after sample \(end) is unlike the file's head, or blocks are not in order")
      return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT
    }
    let (count, old) = (Int(header.blocksize), window.count)
    window.append(contentsOf: repeatElement(0, count: count * channels))
    window.withUnsafeMutableBufferPointer { window in
      for channel in 0..<channels {
        guard let samples = buffers[channel] else { continue }
        var position = old + channel
        for sample in 0..<count {
          window[position] = samples[sample]
          position &+= channels
        }
      }
    }
    end += count
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE
  }

  private func takeMetadata(_ metadata: UnsafePointer<FLAC__StreamMetadata>?) {
    guard let metadata, metadata.pointee.type == FLAC__METADATA_TYPE_STREAMINFO else { return }
    let info = metadata.pointee.data.stream_info
    (channels, bits) = (Int(info.channels), Int(info.bits_per_sample))
    if announcedSamples == 0 { announcedSamples = Int(exactly: info.total_samples) ?? 0 }
  }

  private func takeError(_ status: FLAC__StreamDecoderErrorStatus) {
    let what =
      switch status {
      case FLAC__STREAM_DECODER_ERROR_STATUS_BAD_HEADER: "a block's head is damaged"
      case FLAC__STREAM_DECODER_ERROR_STATUS_FRAME_CRC_MISMATCH: "a block's checksum is wrong"
      case FLAC__STREAM_DECODER_ERROR_STATUS_LOST_SYNC: "no block begins where one should"
      default: "libFLAC cannot decode it"
      }
    failure = failure ?? refuse("\(what), after \(end) samples a signal")
  }
}
