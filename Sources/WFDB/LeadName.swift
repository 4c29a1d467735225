/// A lead of an electrocardiogram, however its name is written.
///
/// | lead | written also |
/// | --- | --- |
/// | I, II, III | `Lead I`, `ECG I`, `lead 1`, `DI`, `D1`, `MDC_ECG_LEAD_I`, `Lead I (Einthoven)` |
/// | aVR, aVL, aVF | `AVR`, `aVr`, `a VR`, `ECG_aVR`; with the sign turned, as Cabrera has it: `-aVR`, `aVR neg` |
/// | V1 … V9 | `v1`, `V 1`, `C1`, `ECG V1` |
/// | V1R … V9R | `V3r`, `rV3`, `C3R` |
/// | X, Y, Z | Frank's leads: `vx`, `Frank X`, `MDC_ECG_LEAD_X` |
/// | MLI, MLII, MLIII; MCL1 … MCL6; CM5, CC5, CS5 | ambulatory leads, which are none of the twelve: `ML II` |
/// | ES, AS, AI | EASI leads: `E-S` |
///
/// Case, blanks, `_`, `.` and `:` do not matter, nor what is in parentheses. A bare number, and a `V` without one, name
/// no lead. Sources: IEC 60601-2-25 (C1 … C6 for V1 … V6), ISO/IEEE 11073-10101 (`MDC_ECG_LEAD_…`).
public struct LeadName: Sendable, Hashable, CustomStringConvertible {
  /// As textbooks write it: `aVR`, `V3R`, `MLII`.
  public let standard: String
  /// Whether the values are those of the lead with the sign turned: `-aVR`.
  public let isInverted: Bool

  public var description: String { (isInverted ? "-" : "") + standard }

  /// The standard leads in their order.
  public static let twelve = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]

  /// - Returns: nil when it is no known spelling of a lead.
  public init?(_ spelling: String) {
    var text = ""
    var depth = 0
    for character in spelling.lowercased() {
      switch character {
      case "(", "[": depth += 1
      case ")", "]": depth = max(0, depth - 1)
      case "−", "–": if depth == 0 { text.append("-") }
      case "_", ".", ":": break
      default: if depth == 0, !character.isWhitespace { text.append(character) }
      }
    }
    var isNumbered = false  // "lead 1", where "1" alone is no name
    while let prefix = Self.prefixes.first(where: { text.hasPrefix($0) && text.count > $0.count }) {
      text.removeFirst(prefix.count)
      isNumbered = isNumbered || prefix.hasPrefix("lead")
    }
    var isInverted = false
    for mark in ["-", "minus", "neg", "inv"] where text.count > mark.count {
      if text.hasPrefix(mark) {
        (text, isInverted) = (String(text.dropFirst(mark.count)), true)
      } else if mark != "-", text.hasSuffix(mark) {
        (text, isInverted) = (String(text.dropLast(mark.count)), true)
      }
      if isInverted { break }
    }
    text.removeAll { $0 == "-" }
    guard let standard = Self.spellings[text] ?? (isNumbered ? Self.numbered[text] : nil) else { return nil }
    (self.standard, self.isInverted) = (standard, isInverted)
  }

  /// Whether two spellings name the same lead; those that name none, when they differ in case and blanks at most.
  public static func areSame(_ one: String, _ other: String) -> Bool {
    if let one = LeadName(one), let other = LeadName(other) { return one == other }
    func plain(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
    return plain(one) == plain(other)
  }

  private static let prefixes = [
    "mdcecglead", "mdcecgelecpotl", "mdc", "ecg-", "ecg", "ekg-", "ekg", "lead-", "lead", "frank", "einthoven",
    "goldberger",
    "wilson",
  ]

  private static let numbered = ["1": "I", "2": "II", "3": "III"]

  private static let spellings: [String: String] = {
    var names: [String: String] = [:]
    for lead in twelve + ["MLI", "MLII", "MLIII", "CM5", "CC5", "CS5", "ES", "AS", "AI"] {
      names[lead.lowercased()] = lead
    }
    for (number, lead) in [("1", "I"), ("2", "II"), ("3", "III")] {
      names["d" + number] = lead
      names["d" + lead.lowercased()] = lead
    }
    for number in 1...9 {
      for letter in ["v", "c"] {
        names["\(letter)\(number)"] = "V\(number)"
        names["\(letter)\(number)r"] = "V\(number)R"
        names["r\(letter)\(number)"] = "V\(number)R"
      }
      names["mcl\(number)"] = "MCL\(number)"
    }
    for axis in ["X", "Y", "Z"] {
      names[axis.lowercased()] = axis
      names["v" + axis.lowercased()] = axis
    }
    return names
  }()
}
