import Drawing
import Files
import Foundation
import Wording

/// The report as one HTML file that needs nothing else: style, figures, data and results are inside.
///
/// Nothing is fetched, and nothing runs but the file's own script, which sorts tables and shows values: the content
/// security policy knows style and script by their digests and forbids all else. The text is well-formed XML too, so
/// strict tools can read it. Equal pages give equal bytes.
/// - Throws: ``DrawingError`` when a figure cannot be drawn.
public func html(_ page: Page) throws -> String {
  try Language.speaking(page.language) {
    var writer = HTMLWriter(Manuscript(page))
    return try writer.document()
  }
}

/// Writes one document; it counts citations and note marks as it meets them, so that each can be linked back to.
struct HTMLWriter {
  let manuscript: Manuscript
  var citations: [String: Int] = [:]  // met so far, by key
  var noteMarks: [Int: Int] = [:]  // met so far, by number
  private var headings = 0, objects = 0  // written so far
  var style = HTMLStyle()
  var plainTables = 0  // tables without a number, written so far
  var equations = 0  // written so far
  var headingLevels = HeadingLevels()
  /// Whether formulas get names: what takes its own name from what it holds (a heading, a head, a link) finds none in MathML.
  var namesFormulas = false
  var page: Page { manuscript.page }

  init(_ manuscript: Manuscript) { self.manuscript = manuscript }

  mutating func document() throws -> String {
    let head = titleBlock()
    let sheet = try self.sheet()
    let body = try sections()
    let (style, script) = ("\n" + style.sheet + "\n", "\n" + HTMLWriter.script)
    let sources = [("style-src", style), ("script-src", script)].map { "\($0) '\(Digest(of: $1).policySource)'" }
    let policy = (["default-src 'none'"] + sources + ["img-src data:", "base-uri 'none'", "form-action 'none'"])
      .joined(separator: "; ")
    return """
      <!DOCTYPE html>
      <html lang="\(escaped(page.language))">
      <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="\(policy)" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="generator" content="ECGBook" />
      \(metadata())
      <title>\(escaped(page.title))</title>
      <style>\(style)</style>
      </head>
      <body id="top"\(page.isDraft ? " class=\"draft\"" : "")\(scriptWords)>
      <a class="skip" href="#main">\(escaped(say(.skip)))</a>
      \(head)
      \(contents())<main id="main">
      <article>
      \(sheet)\(body)</article>
      </main>
      \(footer())
      \(results())<script>\(script)</script>
      </body>
      </html>

      """
  }

  /// What the script must know of the language.
  private var scriptWords: String {
    let words = [("undefined", say(.undefined)), ("decimal", Language.current.decimalSign), ("keys", say(.figureKeys))]
    return words.map { " data-\($0)=\"\(escaped($1))\"" }.joined()
  }

  /// Sorts tables and shows the values of figures.
  static let script = String(decoding: PackageResources.report_js, as: UTF8.self)

  private func metadata() -> String {
    var lines = page.authors.map { voidElement("meta", ["name": "author", "content": $0]) }
    if !page.summary.isEmpty {
      lines.append(voidElement("meta", ["name": "description", "content": page.summary.plainText]))
    }
    if !page.digest.isEmpty { lines.append(voidElement("meta", ["name": "ecgbook-digest", "content": page.digest])) }
    return lines.joined(separator: "\n")
  }

  mutating func nextHeadingPlace() -> String? {
    defer { headings += 1 }
    return headings < manuscript.headings.count ? manuscript.headings[headings].place : nil
  }

  /// Of a figure, or of a table or equation that has an id.
  mutating func nextObjectPlace() -> String? {
    defer { objects += 1 }
    return objects < manuscript.objectPlaces.count ? manuscript.objectPlaces[objects] : nil
  }

  // MARK: The title block

  private mutating func titleBlock() -> String {
    var parts = [element("h1", [:], escaped(page.title))]
    var byline: [String] = []
    if !page.authors.isEmpty {
      byline.append(element("span", ["class": "authors"], escaped(page.authors.joined(separator: ", "))))
    }
    if let date = page.date { byline.append(element("span", ["class": "date"], escaped(date))) }
    if !byline.isEmpty { parts.append(element("p", ["class": "byline"], byline.joined(separator: " "))) }
    parts += page.banners.map { element("p", ["class": "notice", "role": "note"], escaped($0)) }
    if !page.summary.isEmpty { parts.append(element("p", ["class": "summary"], inline(page.summary))) }
    if !page.keyFigures.isEmpty {
      let figures = page.keyFigures.map { figure in
        let interval = figure.interval.map { " " + element("span", ["class": "aside"], escaped($0)) } ?? ""
        let value = element("span", ["class": "figure-of-merit"], escaped(figure.value))
        return element("div", [:], element("dt", [:], escaped(figure.label)) + element("dd", [:], value + interval))
      }
      parts.append(element("dl", ["class": "key-figures"], figures.joined(separator: "\n")))
    }
    if !page.facts.isEmpty {
      let facts = page.facts.map {
        element("div", [:], element("dt", [:], escaped($0.label)) + element("dd", [:], escaped($0.value)))
      }
      parts.append(element("dl", ["class": "facts"], facts.joined(separator: "\n")))
    }
    return element("header", ["class": "title"], "\n" + parts.joined(separator: "\n") + "\n")
  }

  /// The headings of the first two levels, nested.
  private func contents() -> String {
    let headings = manuscript.headings.filter { $0.level <= 2 && !$0.text.isEmpty }
    guard headings.count > 1 else { return "" }
    let name = escaped(say(.contents))
    var text = "<nav id=\"contents\" aria-label=\"\(name)\">\n<p><a href=\"#top\">\(name)</a></p>\n<ol>"
    var (depth, isOpen) = (1, false)
    for heading in headings {
      let level = isOpen ? heading.level : 1  // the list begins at its outer level
      if level > depth {
        text += "<ol>"
      } else {
        if isOpen { text += "</li>" }
        if level < depth { text += "</ol></li>" }
      }
      text += "\n<li>" + element("a", ["href": "#" + heading.place], escaped(heading.text))
      (depth, isOpen) = (level, true)
    }
    text += depth > 1 ? "</li></ol></li></ol>" : "</li></ol>"
    return text + "\n</nav>\n"
  }

  // MARK: The end

  private func footer() -> String {
    var parts: [String] = []
    if !page.digest.isEmpty {
      parts.append(element("p", [:], escaped(say(.digest)) + " " + element("code", [:], escaped(page.digest))))
    }
    let shown = Set(manuscript.dataFileNames)
    let links = page.attachments.filter { $0.name != HTMLWriter.resultsName && !shown.contains($0.name) }.map { file in
      element("li", [:], download(file) + (file.description.isEmpty ? "" : ": " + escaped(file.description)))
    }
    if !links.isEmpty {
      parts.append(element("p", [:], escaped(say(.files))))
      parts.append(element("ul", [:], links.joined(separator: "\n")))
    }
    if page.attachments.contains(where: { $0.name == HTMLWriter.resultsName }) {
      let place = element("code", [:], "script#results")
      parts.append(element("p", [:], say(.embedded, place)))
    }
    return element("footer", [:], "\n" + parts.joined(separator: "\n") + "\n")
  }

  static let resultsName = "results.json"

  /// The machine-readable twin of the report.
  private func results() -> String {
    guard let file = page.attachments.first(where: { $0.name == HTMLWriter.resultsName }) else { return "" }
    return "<script type=\"application/json\" id=\"results\">\(embeddableJSON(file.content))</script>\n"
  }

  /// A link that saves the file; its content is in the link.
  func download(_ file: Page.Attachment, label: String? = nil) -> String {
    let data = "data:\(file.mediaType);base64," + Data(file.content.utf8).base64EncodedString()
    return element("a", ["class": "download", "download": file.name, "href": data], escaped(label ?? file.name))
  }
}
