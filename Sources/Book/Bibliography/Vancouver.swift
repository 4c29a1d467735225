extension BibliographyItem {
  /// The entry of a numbered list in the style of biomedical journals: "Wagner P, Strodthoff N, Bousseljot RD, et al.
  /// PTB-XL, a large publicly available electrocardiography dataset. Scientific Data. 2020;7(1):154. doi:…".
  /// Six authors are named, then "et al."
  /// Source: International Committee of Medical Journal Editors, samples of formatted references.
  var vancouver: [Inline] {
    var text = ""
    func end(_ sentence: String) {
      text += sentence.isEmpty ? "" : sentence + (sentence.last.map { ".?!".contains($0) } == true ? " " : ". ")
    }
    let people = authors.isEmpty ? editors : authors
    let names = people.filter { $0 != .others }.map(\.vancouver).filter { !$0.isEmpty }
    let isMore = names.count > 6 || people.contains(.others)
    let role = authors.isEmpty && !editors.isEmpty ? (editors.count == 1 ? ", editor" : ", editors") : ""
    end(names.prefix(6).joined(separator: ", ") + (isMore ? ", et al" : "") + role)
    end(title + (version.map { " (version \($0))" } ?? ""))
    if let editionText { end(editionText) }
    let place = container ?? publisher
    if let place { end(place) }
    var numbers = year.map(String.init) ?? dateText ?? ""
    let pages = pageRange ?? (container == nil ? nil : number)
    if volume != nil || issue != nil || pages != nil {
      let place = (volume ?? "") + (issue.map { "(\($0))" } ?? "")
      numbers += (numbers.isEmpty || place.isEmpty ? "" : ";") + place
      if let pages { numbers += ":" + pages }
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
    return [fullFamily, initials(end: "", space: "", hyphen: ""), suffix ?? ""].filter { !$0.isEmpty }.joined(
      separator: " ")
  }
}
