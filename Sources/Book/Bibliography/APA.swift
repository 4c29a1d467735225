import Foundation

/// Works in the author–year style of the American Psychological Association.
///
/// Source: Publication Manual of the American Psychological Association, 7th edition (2020); the numbers in comments
/// below are its sections. Titles are printed as they are given: neither style changes their capitals.
struct APA {
  /// In the order of the list.
  private let works: [Work]
  private let indices: [String: Int]  // by key

  private struct Work {
    var item: BibliographyItem
    /// Who stands in the text, or the title where nobody is named.
    var author: [Inline] = []
    /// "2020", "2020a", "n.d.".
    var year = ""
  }

  /// - Parameter items: all works that the report cites, each once.
  init(_ items: [BibliographyItem]) {
    // 9.44 to 9.47: by author, then by year, then by title.
    let keys = Dictionary(items.map { ($0.id, SortKey($0)) }) { first, _ in first }
    let sorted = items.sorted { a, b in keys[a.id].flatMap { x in keys[b.id].map { x < $0 } } ?? false }
    let authors = Self.authorsInText(sorted)
    var works = zip(sorted, authors).map { Work(item: $0, author: $1, year: $0.apaYear) }
    // 8.19: same authors and year are told apart by letters, in the order of titles.
    var groups: [String: [Int]] = [:]
    for (index, work) in works.enumerated() {
      groups["\(work.item.apaAuthors) \(work.year)", default: []].append(index)
    }
    for group in groups.values where group.count > 1 {
      for (place, index) in group.enumerated() {
        let isNumber = works[index].item.year != nil
        works[index].year += (isNumber ? "" : "-") + Book.letters(place)
      }
    }
    self.works = works
    indices = Dictionary(works.enumerated().map { ($1.item.id, $0) }) { first, _ in first }
  }

  // MARK: In the text

  /// 8.11, 8.12: in the order of the list, parted by semicolons; of the same authors, years alone.
  /// - Parameter omitting: the keys of works whose authors the sentence names: "Brier (1950)".
  func mark(_ keys: [String], omitting: Set<String> = []) -> CitationMark {
    let places = Set(keys.compactMap { indices[$0] }).sorted()
    var mentions: [CitationMark.Mention] = []
    for (index, place) in places.enumerated() {
      let work = works[place]
      let isSame = index > 0 && works[places[index - 1]].author == work.author
      let omits = omitting.contains(work.item.id)
      let before = index == 0 ? "(" : isSame ? ", " : "; "
      let label = isSame || omits ? [.text(work.year)] : work.author + [.text(", \(work.year)")]
      mentions.append(.init(key: work.item.id, before: before, label: label, omitsAuthor: omits))
    }
    return CitationMark(mentions, style: .apa)
  }

  /// 8.17: one or two names, of three or more the first and "et al."; more of them where that would not tell works apart.
  private static func authorsInText(_ items: [BibliographyItem]) -> [[Inline]] {
    var initialsOfFamily: [String: Set<String>] = [:]
    for item in items {
      if let first = item.apaNames.first { initialsOfFamily[first.fullFamily, default: []].insert(first.apaInitials) }
    }
    func names(_ item: BibliographyItem) -> [String] {
      item.apaNames.enumerated().map { index, name in
        // 8.20: first authors of one name are told apart by their initials.
        let isAmbiguous = index == 0 && (initialsOfFamily[name.fullFamily]?.count ?? 0) > 1
        return [isAmbiguous ? name.apaInitials : "", name.fullFamily].filter { !$0.isEmpty }.joined(separator: "\u{A0}")
      }
    }
    func form(_ names: [String], _ shown: Int, isMore: Bool) -> String {
      if names.count == 2, !isMore { return names.joined(separator: " &\u{A0}") }
      if shown >= names.count, !isMore {
        return names.dropLast().map { $0 + ", " }.joined() + "&\u{A0}" + (names.last ?? "")
      }
      let some = names.prefix(shown)
      return some.joined(separator: ", ") + (some.count > 1 ? ", et\u{A0}al." : " et\u{A0}al.")
    }
    var result: [[Inline]] = []
    for item in items {
      let own = names(item)
      guard let first = own.first else {
        result.append(item.apaTitleInText)
        continue
      }
      let isMore = item.hasMoreAuthors
      guard own.count > 2 || isMore else {
        result.append([.text(own.count == 1 ? first : form(own, 2, isMore: false))])
        continue
      }
      // 8.18: works of one year that would look alike show as many names as it takes; "et al." stands for several.
      let rivals = items.filter { $0.apaYear == item.apaYear && $0.apaAuthors != item.apaAuthors }.map(names)
        .filter { $0.count > 2 }
      var shown = 1
      while shown < own.count, rivals.contains(where: { $0.prefix(shown).elementsEqual(own.prefix(shown)) }) {
        shown += 1
      }
      if shown == own.count - 1, !isMore { shown = own.count }
      result.append([.text(form(own, shown, isMore: isMore))])
    }
    return result
  }

  // MARK: The list

  var entries: [Page.BibliographyEntry] {
    works.enumerated().map { index, work in
      Page.BibliographyEntry(
        number: index + 1, key: work.item.id, text: work.item.apaEntry(year: work.year),
        name: (work.author + [.text(", \(work.year)")]).plainText)
    }
  }

  /// What the list is ordered by: letters alone, without accents and case. Nothing comes before something.
  private struct SortKey: Comparable {
    var names: [String]
    var year: Int  // without one first, "in press" last
    var title: String
    var id: String

    init(_ item: BibliographyItem) {
      func letters(_ text: String) -> String {
        text.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil).filter {
          $0.isLetter || $0.isNumber
        }
      }
      title = letters(item.title.droppingArticle)
      names = item.apaNames.map { letters($0.fullFamily) + " " + letters($0.apaInitials) }
      if names.isEmpty { names = [title] }
      year = item.year ?? (item.dateText == nil ? .min : .max)
      id = item.id
    }

    static func < (a: SortKey, b: SortKey) -> Bool {
      if a.names != b.names {
        return a.names.lexicographicallyPrecedes(b.names) {
          $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
        }
      }
      return (a.year, a.title, a.id) < (b.year, b.title, b.id)
    }
  }
}

extension String {
  /// 9.44: "A", "An" and "The" do not count where titles are sorted.
  fileprivate var droppingArticle: String {
    for article in ["A ", "An ", "The "] where hasPrefix(article) { return String(dropFirst(article.count)) }
    return self
  }
}

extension BibliographyItem.Name {
  fileprivate var apaInitials: String { initials(end: ".", space: "\u{A0}", hyphen: "-") }

  /// 9.8: "Bousseljot, R.-D."
  fileprivate var apa: String {
    if let literal { return literal }
    return [fullFamily, apaInitials, suffix ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// 9.28, of an editor: "R.-D. Bousseljot".
  fileprivate var apaForward: String { [apaInitials, fullFamily].filter { !$0.isEmpty }.joined(separator: "\u{A0}") }
}

extension BibliographyItem {
  /// Those who stand in the author's place, without "others".
  fileprivate var apaNames: [Name] {
    (authors.isEmpty ? editors : authors).filter { $0 != .others && !$0.fullFamily.isEmpty }
  }
  fileprivate var hasMoreAuthors: Bool { (authors.isEmpty ? editors : authors).contains(.others) }
  fileprivate var apaYear: String { year.map(String.init) ?? dateText ?? "n.d." }

  /// Whether it stands in a greater whole, whose name is then the one in italics.
  private var isPart: Bool { container != nil }
  private var isPeriodical: Bool {
    isPart && (type.hasPrefix("article") || ["review", "review-book", "post-weblog"].contains(type))
  }

  /// 8.14: a work without an author is cited by its title, of a long one its beginning.
  fileprivate var apaTitleInText: [Inline] {
    let words = title.split(separator: " ")
    let short = words.count > 6 ? words.prefix(4).joined(separator: " ") : title
    return isPart ? [.text("\u{201C}\(short)\u{201D}")] : [.emphasis([.text(short)])]
  }

  /// 9.7 to 9.12: "Wagner, P., Strodthoff, N., & Samek, W."; of more than 20 authors the first 19 and the last.
  fileprivate var apaAuthors: String {
    let names = apaNames.map(\.apa)
    guard let last = names.last else { return "" }
    var text: String
    if hasMoreAuthors {
      text = names.joined(separator: ", ") + ", et\u{A0}al."
    } else if names.count > 20 {
      text = names.prefix(19).joined(separator: ", ") + ", .\u{A0}.\u{A0}. " + last
    } else {
      text = names.count == 1 ? last : names.dropLast().joined(separator: ", ") + ", & " + last
    }
    if authors.isEmpty, !editors.isEmpty { text += names.count == 1 ? " (Ed.)" : " (Eds.)" }
    return text
  }

  /// Its entry in the list.
  /// - Parameter year: with the letter that tells it from others.
  fileprivate func apaEntry(year: String) -> [Inline] {
    var result: [Inline] = []
    func add(_ text: String) {
      guard !text.isEmpty else { return }
      if case .text(let before)? = result.last {
        result[result.count - 1] = .text(before + text)
      } else {
        result.append(.text(text))
      }
    }
    func slant(_ text: String) { result.append(.emphasis([.text(text)])) }
    /// Ends a sentence that ends in `text`.
    func stop(after text: String) { add(text.last.map { ".?!".contains($0) } == true ? " " : ". ") }

    let author = apaAuthors
    func addDate() {
      var date = year
      let isDated = ["webpage", "post", "post-weblog", "article-newspaper", "article-magazine"].contains(type)
      if isDated, self.year != nil, let month, let words = CivilDate.monthName(month) {  // 9.14
        date += ", \(words)" + (day.map { " \($0)" } ?? "")
      }
      add("(\(date)). ")
    }
    if !author.isEmpty {
      add(author)
      stop(after: author)
      addDate()
    }

    // 9.18 to 9.22: the title, then in parentheses what says which of several, and in brackets what kind of thing it is.
    let volumeText = volume.map { "Vol. \($0)" }
    let isReport = type == "report"
    var ofTitle: [String?] = [version.map { "Version \($0)" }]
    if !isPart {
      ofTitle += [editionText, isReport ? number.map { "\(genre ?? "Report") No. \($0)" } : nil, volumeText]
    }
    let parentheses = ofTitle.compactMap(\.self)
    var kind: String? =
      switch type {
      case "dataset": "Data set"
      case "software": "Computer software"
      case "thesis": genre ?? "Thesis"
      case "report": number == nil ? genre : nil
      default: genre
      }
    if type == "thesis", let school = publisher { kind = kind.map { "\($0), \(school)" } }
    if isPart { add(title) } else { slant(title) }
    let behind =
      (parentheses.isEmpty ? "" : " (\(parentheses.joined(separator: ", ")))") + (kind.map { " [\($0)]" } ?? "")
    add(behind)
    stop(after: behind.isEmpty ? title : behind)
    if author.isEmpty { addDate() }

    // 9.23 to 9.33: where it is found.
    if isPeriodical, let container {
      slant(container)
      if let volume {
        add(", ")
        slant(volume)
      }
      if let issue { add(volume == nil ? ", (\(issue))" : "(\(issue))") }
      if let pageRange { add(", \(pageRange)") } else if let number { add(", Article \(number)") }
      add(". ")
    } else if let container {
      add("In ")
      let people = editors.filter { $0 != .others }.map(\.apaForward)
      if !authors.isEmpty, let last = people.last {
        let some = people.dropLast()
        add(some.joined(separator: ", ") + (some.count > 1 ? ", & " : some.isEmpty ? "" : " & ") + last)
        add(people.count == 1 ? " (Ed.), " : " (Eds.), ")
      }
      slant(container)
      let pages = pageRange.map { ($0.contains("\u{2013}") || $0.contains(",") ? "pp. " : "p. ") + $0 }
      let parts = [editionText, volumeText, pages].compactMap(\.self)
      let behind = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
      add(behind)
      stop(after: behind.isEmpty ? container : behind)
    }
    if type != "thesis", !isPeriodical, let publisher, publisher != author {  // 9.29
      add(publisher)
      stop(after: publisher)
    }
    // 9.34 to 9.36: no full stop behind an address.
    if let doi {
      result.append(.link([.text("https://doi.org/\(doi)")], url: "https://doi.org/\(doi)"))
    } else if let url {
      result.append(.link([.text(url)], url: url))
    } else if case .text(let text)? = result.last {
      result[result.count - 1] = .text(String(text.reversed().drop { $0 == " " }.reversed()))
    }
    return result.filter { $0 != .text("") }
  }
}
