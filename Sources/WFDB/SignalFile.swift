/// A signal file open for reading any stretch of it.
final class SignalFile {
  let group: SignalGroup
  /// Whole frames in the file.
  let frameCount: Int
  let size: Int  // bytes
  private let content: Content
  private var decoder = SignalDecoder()

  private enum Content {
    case plain(PlainFile)
    case flac(FLACDecoder)
  }

  /// So that several own one file.
  private final class PlainFile {
    let input: InputFile
    init(_ path: String) throws(RecordError) { input = try InputFile(path) }
  }

  /// In format 8, the values before every 4096th frame as far as it was read: a stretch is added up from the last one
  /// on.
  private var sums: [[Int32]]
  private static let framesPerSum = 1 << 12

  init(_ group: SignalGroup) throws(RecordError) {
    self.group = group
    sums = [group.initialValues]
    if group.format.flacBits == nil {
      let file = try PlainFile(group.path)
      size = file.input.size
      frameCount = group.frameCount(fileSize: size)
      content = .plain(file)
    } else {
      let flac = try FLACDecoder(group)
      size = flac.size
      frameCount = try flac.frameCount()
      content = .flac(flac)
    }
  }

  /// - Throws: ``RecordError`` when the file has fewer frames.
  func require(frames: Int) throws(RecordError) {
    guard frames > frameCount else { return }
    switch content {
    case .plain(let file): throw group.tooShort(frames: frames, fileSize: file.input.size)
    case .flac:
      throw RecordError(
        group.path, .flac(problem: "it has \(frameCount) frames; the header announces \(frames)"))
    }
  }

  /// Decodes frames, and shows them.
  /// - Parameter body: takes `[frames, group.frameSize]` digital values.
  func decode<Result>(
    _ frames: Range<Int>, _ body: (UnsafeBufferPointer<Int32>) -> Result
  ) throws(RecordError) -> Result {
    switch content {
    case .flac(let flac):
      return try flac.decode(frames, body)
    case .plain(let file):
      guard group.format == .differences8 else {
        var none: [Int32] = []
        return try decoder.decode(group, frames: frames, of: file.input, sums: &none, body)
      }
      let block = frames.lowerBound / Self.framesPerSum
      while sums.count <= block {
        let first = (sums.count - 1) * Self.framesPerSum
        var last = sums[sums.count - 1]
        try decoder.decode(group, frames: first..<first + Self.framesPerSum, of: file.input, sums: &last) { _ in }
        sums.append(last)
      }
      let first = block * Self.framesPerSum
      var last = sums[block]
      return try decoder.decode(group, frames: first..<frames.upperBound, of: file.input, sums: &last) {
        body(UnsafeBufferPointer(rebasing: $0[((frames.lowerBound - first) * group.frameSize)...]))
      }
    }
  }
}
