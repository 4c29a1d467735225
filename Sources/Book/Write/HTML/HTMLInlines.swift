extension HTMLWriter {
  mutating func inline(_ inlines: [Inline]) -> String {
    var text = ""
    for inline in inlines { text += self.inline(inline) }
    return text
  }

  /// The same as the name of what holds it.
  mutating func named(_ inlines: [Inline]) -> String {
    let outer = namesFormulas
    namesFormulas = true
    defer { namesFormulas = outer }
    return inline(inlines)
  }

  private mutating func inline(_ inline: Inline) -> String {
    switch inline {
    case .text(let text): return escaped(text)
    case .emphasis(let inner): return element("em", [:], self.inline(inner))
    case .strong(let inner): return element("strong", [:], self.inline(inner))
    case .strikethrough(let inner): return element("s", [:], self.inline(inner))
    case .code(let text): return element("code", [:], escaped(text))
    case .lineBreak: return voidElement("br")
    case .formula(let formula): return mathML(formula, isDisplayed: false, isNamed: namesFormulas)
    case .value(let text, let path):
      return element("span", ["class": "value", "data-path": path, "title": path], escaped(text))
    case .link(let inner, let url):
      let text = named(inner)
      switch LinkDestination(url, in: manuscript) {
      case .web(let url): return element("a", ["href": url, "rel": "noreferrer"], text)
      case .inside(let place): return element("a", ["href": "#" + place], text)
      case .beside(let file): return element("a", ["href": file], text)
      case nil: return text
      }
    case .reference(let text, let anchor):
      guard let place = manuscript.place(of: anchor) else { return escaped(text) }
      return element("a", ["href": "#" + place], escaped(text))
    case .citation(let mark):
      var text = ""
      for mention in mark.mentions {
        let count = (citations[mention.key] ?? 0) + 1
        citations[mention.key] = count
        let id = manuscript.citationPlace(mention.key, count)
        let label = self.inline(mention.label)
        text += escaped(mention.before)
        if let place = manuscript.entryPlace(mention.key) {
          text += element("a", ["id": id, "href": "#" + place, "role": "doc-biblioref"], label)
        } else {
          text += element("span", ["id": id], label)
        }
      }
      return element("span", ["class": mark.style == .vancouver ? "citation" : nil], text + mark.end)
    case .footnote(let number):
      let count = (noteMarks[number] ?? 0) + 1
      noteMarks[number] = count
      let id = manuscript.noteMarkPlace(number, count)
      guard let place = manuscript.notePlace(number) else { return element("sup", ["id": id], "\(number)") }
      let mark = element("a", ["id": id, "href": "#" + place, "role": "doc-noteref"], "\(number)")
      return element("sup", ["class": "note"], mark)
    }
  }
}
