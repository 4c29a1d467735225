/// Writes an XML document, UTF-8, an element a line, indented.
///
/// ```
/// var document = XMLWriter()
/// document.element("a", ["b": "1"]) { $0.element("c", text: "2 < 3") }
/// ```
struct XMLWriter {
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private var depth = 0

  /// An element with others in it. An attribute without a value is left out.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: (inout XMLWriter) -> Void
  ) {
    start(name, attributes)
    text += ">\n"
    depth += 1
    content(&self)
    depth -= 1
    text += String(repeating: "  ", count: depth) + "</\(name)>\n"
  }

  /// An element with a text, or empty.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text content: String? = nil)
  {
    start(name, attributes)
    guard let content else {
      text += "/>\n"
      return
    }
    text += ">" + Self.escaped(content) + "</\(name)>\n"
  }

  private mutating func start(_ name: String, _ attributes: KeyValuePairs<String, String?>) {
    text += String(repeating: "  ", count: depth) + "<" + name
    for (key, value) in attributes {
      if let value { text += " \(key)=\"" + Self.escaped(value, isAttribute: true) + "\"" }
    }
  }

  /// A character that XML 1.0 does not have (section 2.2) becomes a blank.
  private static func escaped(_ text: String, isAttribute: Bool = false) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += isAttribute ? "&quot;" : "\""
      case "\r": result += "&#13;"
      case "\n", "\t": result += isAttribute ? "&#\(scalar.value);" : String(scalar)
      case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
