extension BibliographyItem {
  /// The entry of a numbered list in the style of biomedical journals: "Wagner P, Strodthoff N, Bousseljot RD, et al.
  /// PTB-XL, a large publicly available electrocardiography dataset. Scientific Data. 2020;7(1):154. doi:…".
  /// Six authors are named, then "et al."
  /// Source: International Committee of Medical Journal Editors, samples of formatted references.
  var vancouver: [Inline] {
    var text = ""
    func end(_ sentence: String) { text += sentence.isEmpty ? "" : sentence + (sentence.hasSuffix(".") || sentence.hasSuffix("?") ? " " : ". ") }
    let names = authors.map(\.vancouver).filter { !$0.isEmpty }
    end(names.count > 6 ? names.prefix(6).joined(separator: ", ") + ", et al" : names.joined(separator: ", "))
    end(title + (version.map { " (version \($0))" } ?? ""))
    let place = container ?? publisher
    if let place { end(place) }
    var numbers = year.map(String.init) ?? ""
    if volume != nil || issue != nil || page != nil {
      let place = (volume ?? "") + (issue.map { "(\($0))" } ?? "")
      numbers += (numbers.isEmpty || place.isEmpty ? "" : ";") + place
      if let page { numbers += ":" + page.split(separator: "-", omittingEmptySubsequences: true).joined(separator: "\u{2013}") }
    }
    end(numbers)
    var result: [Inline] = []
    if let doi {
      result = [.text(text), .link([.text("doi:\(doi)")], url: "https://doi.org/\(doi)")]
    } else if let url {
      result = [.text(text), .link([.text(url)], url: url)]
    } else {
      while text.last == " " { text.removeLast() }
      result = [.text(text)]
    }
    return result
  }
}

extension BibliographyItem.Name {
  /// "Bousseljot RD": the family name, then initials.
  var vancouver: String {
    if let literal { return literal }
    let initials = (given ?? "").split { $0 == " " || $0 == "-" || $0 == "." }.compactMap(\.first).map(String.init).joined()
    return [family ?? "", initials.uppercased()].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
