import Foundation

/// Texts and numbers as an object may hold them, and what is lost by that.
struct DICOMText {
  private(set) var losses: [String] = []
  /// Whether any text has characters beyond ASCII, so that the object must say that it is in UTF-8.
  private(set) var isUnicode = false

  mutating func lose(_ sentence: String) { losses.append(sentence) }

  /// A text that fits an attribute: without control characters and, but in ST, backslashes, and not too long.
  /// - Parameter what: as a sentence begins: `the institution`.
  mutating func fitting(_ text: String, _ attribute: DICOMAttribute, _ what: String) -> String {
    let isLong = attribute.representation == .ST || attribute.representation == .LT
    var fitting = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isBreak = isLong && (scalar == "\n" || scalar == "\r")
          let isControl = scalar.value < 0x20 || scalar.value == 0x7F
          return (isControl && !isBreak) || (!isLong && scalar == "\\") ? " " : scalar
        }))
    if attribute.representation == .PN {
      fitting = String(fitting.map { "^=".contains($0) ? " " : $0 })
    }
    if fitting != text { lose("\(what): characters that DICOM keeps for itself became blanks") }
    let limit = attribute.representation.maximumLength
    // Characters are counted as code points (PS3.5, 6.2).
    if fitting.unicodeScalars.count > limit {
      fitting = String(String.UnicodeScalarView(fitting.unicodeScalars.prefix(limit)))
      lose("\(what): \(text.unicodeScalars.count) characters were cut to \(limit)")
    }
    fitting = fitting.trimmed
    if fitting.utf8.contains(where: { $0 >= 0x80 }) { isUnicode = true }
    return fitting
  }

  /// A number as a decimal string of at most 16 characters (PS3.5, DS), with as many digits as these hold.
  static func decimal(_ value: Double) -> String {
    if let whole = Int(exactly: value), abs(whole) < 1_000_000_000_000 { return "\(whole)" }
    if "\(value)".count <= 16 { return "\(value)" }
    for digits in stride(from: 16, through: 1, by: -1) {
      let text = String(format: "%.\(digits)g", value)
      if text.count <= 16 { return text }
    }
    return "0"
  }
}
