import Foundation

extension Annotations {
  /// The bytes of an annotation file in MIT format, as WFDB's library writes them: definitions first, then each
  /// annotation, with the fields that differ from their defaults.
  /// - Throws: ``RecordError`` when a text or a definition has no place in the format.
  public func encoded(name: String = "annotations") throws(RecordError) -> Data {
    func refuse(_ problem: String) -> RecordError { RecordError(name, .unwritable(problem: problem)) }
    var writer = AnnotationWriter()
    if let timeResolution {
      guard timeResolution.isFinite, timeResolution > 0 else {
        throw refuse("the time resolution is \(timeResolution); it must be a positive number")
      }
      writer.note("## time resolution: \(Int(exactly: timeResolution).map(String.init) ?? "\(timeResolution)")")
    }
    if !definitions.isEmpty {
      writer.note("## annotation type definitions")
      for definition in definitions {
        let line = "\(definition.code.rawValue) \(definition.symbol) \(definition.meaning)"
        guard !definition.symbol.isEmpty, !definition.symbol.contains(where: \.isWhitespace), line.utf8.count <= 255
        else {
          throw refuse("the definition '\(line)': a symbol is one word, and the line has at most 255 bytes")
        }
        writer.note(line)
      }
      writer.note("## end of definitions")
    }
    for (index, annotation) in list.enumerated() {
      guard annotation.auxiliary.count <= 255 else {
        throw refuse("annotation \(index): its text has \(annotation.auxiliary.count) bytes; 255 is the most")
      }
      guard writer.append(annotation) else {
        throw refuse("annotation \(index): its time, \(annotation.sample), is too far from the one before")
      }
    }
    return Data(writer.bytes + [0, 0])
  }

  /// Writes a file in MIT format, aside and renamed, into a folder that exists.
  /// - Parameter path: with its extension, the annotator's name: `out/1.ii`.
  public func write(to path: String) throws(RecordError) {
    let content = try encoded(name: path)
    do { try content.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
      throw RecordError(path, .system(operation: "write", reason: error.localizedDescription))
    }
  }
}

private struct AnnotationWriter {
  private(set) var bytes: [UInt8] = []
  private var time = 0
  private var (channel, number): (UInt8, Int8) = (0, 0)

  private mutating func word(_ code: UInt8, _ value: Int) {
    bytes += [UInt8(truncatingIfNeeded: value), code << 2 | UInt8(truncatingIfNeeded: value >> 8) & 0x03]
  }

  mutating func note(_ text: String) { _ = append(Annotation(sample: 0, code: .note, text: text)) }

  /// - Returns: false when the time is more ticks away than 1024 SKIP fields bridge.
  mutating func append(_ annotation: Annotation) -> Bool {
    var (ticks, overflow) = annotation.sample.subtractingReportingOverflow(time)
    guard !overflow, ticks.magnitude >> 31 < 1024 else { return false }
    while ticks < 0 || ticks > 1023 {
      let step = min(max(ticks, -0x7FFF_FFFF), 0x7FFF_FFFF)
      word(59, 0)
      for half in [step >> 16, step] {
        bytes += [UInt8(truncatingIfNeeded: half), UInt8(truncatingIfNeeded: half >> 8)]
      }
      ticks -= step
    }
    word(annotation.code.rawValue, ticks)
    time = annotation.sample
    if annotation.number != number { word(60, Int(UInt8(bitPattern: annotation.number))) }
    if annotation.subtype != 0 { word(61, Int(UInt8(bitPattern: annotation.subtype))) }
    if annotation.channel != channel { word(62, Int(annotation.channel)) }
    if !annotation.auxiliary.isEmpty {
      word(63, annotation.auxiliary.count)
      bytes += annotation.auxiliary
      if annotation.auxiliary.count % 2 == 1 { bytes.append(0) }
    }
    (number, channel) = (annotation.number, annotation.channel)
    return true
  }
}
