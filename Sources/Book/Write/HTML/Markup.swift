/// Text for the content of an element or a quoted attribute, in HTML and in XML alike.
func escaped(_ text: some StringProtocol) -> String {
  guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 || $0 == 0x27 })
  else { return String(text) }
  var result = ""
  result.reserveCapacity(text.utf8.count + 16)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
    case "\0"..."\u{1F}": result += "\u{FFFD}"  // no document may hold control characters
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// An element with its content, which is markup already. Attributes are given as text, and escaped here.
func element(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: String) -> String {
  "<\(name)\(attributeText(attributes))>\(content)</\(name)>"
}

/// An element that has no content by definition: `br`, `hr`, `meta`.
func voidElement(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) -> String {
  "<\(name)\(attributeText(attributes)) />"
}

private func attributeText(_ attributes: KeyValuePairs<String, String?>) -> String {
  attributes.reduce(into: "") { text, attribute in
    if let value = attribute.value { text += " \(attribute.key)=\"\(escaped(value))\"" }
  }
}

/// JSON that may stand in a script element: no `<` begins a tag there, and XML readers find no `&`.
func embeddableJSON(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count + 64)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "<": result += "\\u003c"
    case ">": result += "\\u003e"
    case "&": result += "\\u0026"
    case "\u{2028}": result += "\\u2028"
    case "\u{2029}": result += "\\u2029"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
