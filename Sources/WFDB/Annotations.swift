/// The annotations of one file, in its order, which is that of time. Source: WFDB Applications Guide, annot(5).
///
/// ```
/// let beats = try Annotations(path: "mitdb/100.atr").list.filter { $0.code.isBeat }
/// try Annotations([Annotation(sample: 120, code: .waveOnset)]).write(to: "r.ii")
/// ```
///
/// Words of 16 bits, little-endian: 6 bits of code, 10 of value. A code up to 49 is an annotation, the value ticks
/// since the one before. 59 (SKIP) adds the next four bytes to them, high half first; 60 (NUM) and 62 (CHN) set number
/// and channel from that annotation on, 61 (SUB) and 63 (AUX) subtype and text of that one alone. A word of zeros ends
/// the file.
public struct Annotations: Sendable, Equatable {
  public var list: [Annotation]
  /// Ticks per second, where the file states it; nil: a tick is one frame of the record.
  public var timeResolution: Double?
  /// Symbols and meanings that the file itself gives to codes.
  public var definitions: [Definition]
  /// What is wrong with the file from which they were read.
  public var warnings: [AnnotationWarning]

  public struct Definition: Sendable, Equatable {
    public var code: AnnotationCode
    public var symbol, meaning: String
    public init(code: AnnotationCode, symbol: String, meaning: String) {
      (self.code, self.symbol, self.meaning) = (code, symbol, meaning)
    }
  }

  public init(_ list: [Annotation], timeResolution: Double? = nil, definitions: [Definition] = []) {
    (self.list, self.timeResolution, self.definitions, warnings) = (list, timeResolution, definitions, [])
  }

  /// As this file prints a code: its own symbol, else WFDB's.
  public func symbol(of code: AnnotationCode) -> String {
    definitions.first { $0.code == code }?.symbol ?? code.symbol
  }

  /// The annotations in frames of a record of that sampling frequency (hertz), half a frame rounded up.
  /// Those of a file without ``timeResolution`` are in frames already.
  public func frames(at samplingFrequency: Double) -> [Annotation] {
    guard let timeResolution, timeResolution != samplingFrequency else { return list }
    return list.map { annotation in
      var moved = annotation
      let frame = (Double(annotation.sample) * samplingFrequency / timeResolution + 0.5).rounded(.down)
      moved.sample = Int(exactly: frame) ?? annotation.sample
      return moved
    }
  }
}

/// What is wrong with an annotation file that can be read nevertheless.
public struct AnnotationWarning: Sendable, Equatable, CustomStringConvertible {
  public var byte: Int  // from the file's beginning
  public var reason: String
  public init(byte: Int, reason: String) { (self.byte, self.reason) = (byte, reason) }
  public var description: String { "byte \(byte): \(reason)" }
}

/// Why bytes are no annotation file, and where.
public struct AnnotationError: Error, Equatable, CustomStringConvertible {
  public let byte: Int
  public let problem: String
  public init(byte: Int, problem: String) { (self.byte, self.problem) = (byte, problem) }
  public var description: String { "byte \(byte): \(problem)" }
}
