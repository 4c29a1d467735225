/// A label that a person or a program set at one time of a record: a beat, a wave's boundary, a change of rhythm.
public struct Annotation: Sendable, Equatable {
  /// Ticks since the record's first frame: frames, unless the file states another
  /// ``Annotations/timeResolution``.
  public var sample: Int
  public var code: AnnotationCode
  /// What the annotator means by it; 0 when the file gives none. In LUDB and QT Database always 0.
  public var subtype: Int8
  /// The signal to which the annotation belongs, from 0.
  public var channel: UInt8
  /// What the annotator means by it. After `ecgpuwave`, a `(` or `)` with 0 bounds a P wave, 1 a QRS complex, 2 a T
  /// wave.
  public var number: Int8
  /// Free text, at most 255 bytes; a rhythm's name in `+`, such as `(AFIB`. Some files end it with a zero byte.
  public var auxiliary: [UInt8]

  public init(
    sample: Int, code: AnnotationCode, subtype: Int8 = 0, channel: UInt8 = 0, number: Int8 = 0, text: String = ""
  ) {
    (self.sample, self.code, self.subtype, self.channel, self.number) = (sample, code, subtype, channel, number)
    auxiliary = Array(text.utf8)
  }

  /// The auxiliary text, without zero bytes at its end: UTF-8, else Latin-1.
  public var text: String { decodedText(auxiliary.prefix(1 + (auxiliary.lastIndex { $0 != 0 } ?? -1))) }
}

/// What an annotation says. Source: WFDB Programmer's Guide, "Annotation codes" (`ecgcodes.h`).
public struct AnnotationCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// 1...49; 42...49, 15 and 17 are free for a file to define.
  public let rawValue: UInt8
  public init?(rawValue: UInt8) {
    guard Self.valid.contains(rawValue) else { return nil }
    self.rawValue = rawValue
  }
  private init(_ rawValue: UInt8) { self.rawValue = rawValue }
  static let valid: ClosedRange<UInt8> = 1...49

  /// The code of a standard symbol, such as `N`; nil when there is none of that symbol.
  public init?(symbol: String) {
    guard let code = Self.standard.first(where: { $0.symbol == symbol })?.code else { return nil }
    rawValue = code
  }

  public static let normal = AnnotationCode(1)  // N
  public static let leftBundleBranchBlock = AnnotationCode(2)  // L
  public static let rightBundleBranchBlock = AnnotationCode(3)  // R
  public static let ventricularPremature = AnnotationCode(5)  // V
  public static let atrialPremature = AnnotationCode(8)  // A
  public static let paced = AnnotationCode(12)  // /
  public static let unclassifiable = AnnotationCode(13)  // Q
  public static let noise = AnnotationCode(14)  // ~
  public static let note = AnnotationCode(22)  // "
  public static let pWave = AnnotationCode(24)  // p, its peak
  public static let pacingSpike = AnnotationCode(26)  // ^
  public static let tWave = AnnotationCode(27)  // t, its peak
  public static let rhythm = AnnotationCode(28)  // +
  public static let uWave = AnnotationCode(29)  // u, its peak
  public static let waveOnset = AnnotationCode(39)  // (
  public static let waveEnd = AnnotationCode(40)  // )

  /// As WFDB prints it; `[42]` for a code without a standard symbol.
  public var symbol: String { Self.standard.first { $0.code == rawValue }?.symbol ?? "[\(rawValue)]" }
  /// In words; empty for a code without a standard meaning.
  public var meaning: String { Self.standard.first { $0.code == rawValue }?.meaning ?? "" }
  public var description: String { symbol }

  /// Whether it marks a QRS complex: a beat of any kind.
  public var isBeat: Bool { rawValue <= 13 || [25, 30, 34, 35, 38, 41].contains(rawValue) }

  private static let standard: [(code: UInt8, symbol: String, meaning: String)] = [
    (1, "N", "Normal beat"),
    (2, "L", "Left bundle branch block beat"),
    (3, "R", "Right bundle branch block beat"),
    (4, "a", "Aberrated atrial premature beat"),
    (5, "V", "Premature ventricular contraction"),
    (6, "F", "Fusion of ventricular and normal beat"),
    (7, "J", "Nodal (junctional) premature beat"),
    (8, "A", "Atrial premature contraction"),
    (9, "S", "Premature or ectopic supraventricular beat"),
    (10, "E", "Ventricular escape beat"),
    (11, "j", "Nodal (junctional) escape beat"),
    (12, "/", "Paced beat"),
    (13, "Q", "Unclassifiable beat"),
    (14, "~", "Change of signal quality"),
    (16, "|", "Isolated QRS-like artifact"),
    (18, "s", "ST change"),
    (19, "T", "T-wave change"),
    (20, "*", "Systole"),
    (21, "D", "Diastole"),
    (22, "\"", "Comment"),
    (23, "=", "Measurement"),
    (24, "p", "P-wave peak"),
    (25, "B", "Left or right bundle branch block"),
    (26, "^", "Non-conducted pacer spike"),
    (27, "t", "T-wave peak"),
    (28, "+", "Rhythm change"),
    (29, "u", "U-wave peak"),
    (30, "?", "Learning"),
    (31, "!", "Ventricular flutter wave"),
    (32, "[", "Start of ventricular flutter or fibrillation"),
    (33, "]", "End of ventricular flutter or fibrillation"),
    (34, "e", "Atrial escape beat"),
    (35, "n", "Supraventricular escape beat"),
    (36, "@", "Link to external data"),
    (37, "x", "Non-conducted P wave (blocked atrial premature beat)"),
    (38, "f", "Fusion of paced and normal beat"),
    (39, "(", "Waveform onset"),
    (40, ")", "Waveform end"),
    (41, "r", "R-on-T premature ventricular contraction"),
  ]
}
