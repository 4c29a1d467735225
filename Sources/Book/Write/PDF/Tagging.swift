import CQPDF
import Drawing
import Foundation

extension PDFFile {
  /// Writes the structure over the marks that Cairo left: the tree, what of it each marked sequence and each link
  /// belongs to, and the words that stand for pictures and links.
  ///
  /// Source: ISO 32000-1, 14.7 (structure) and 14.8 (its standard types); ISO 14289-1 (PDF/UA-1).
  /// - Parameters:
  ///   - contents: what each page holds, in the order of the pages.
  ///   - placeNames: what links inside the document lead to, in words.
  func tag(_ structure: Structure, _ contents: [PageContent], placeNames: [String: String]) throws(PDFError) {
    let tree = StructureTree(structure, contents)
    let pages = contents.indices.map { qpdf_get_page_n(qpdf, $0) }
    try check()
    let root = qpdf_make_indirect_object(qpdf, dictionary(["/Type": name("StructTreeRoot")]))
    let elements = tree.parts.indices.map { part in
      tree.isEmpty[part] ? root : qpdf_make_indirect_object(qpdf, qpdf_oh_new_dictionary(qpdf))
    }
    var links: [[qpdf_oh]] = []
    for (page, content) in zip(pages, contents) { links.append(try annotations(of: page, for: content)) }
    setParents(root, tree, elements, pages, links)
    for (content, annotations) in zip(contents, links) {
      for (link, annotation) in zip(content.links, annotations) {
        qpdf_oh_replace_key(qpdf, annotation, "/Contents", text(link.description(placeNames)))
      }
    }
    try check()
    fill(root, tree, elements, pages, links)
    let catalog = qpdf_get_root(qpdf)
    qpdf_oh_replace_key(qpdf, catalog, "/StructTreeRoot", root)
    qpdf_oh_replace_key(qpdf, catalog, "/MarkInfo", dictionary(["/Marked": qpdf_oh_new_bool(qpdf, 1)]))
    try check()
    var fonts: Set<Int32> = []  // seen
    for (page, tags) in zip(pages, tree.tags) {
      try retag(page, as: tags)
      try mendFonts(of: page, seen: &fonts)
    }
  }

  /// One for each link of the page, in the order of drawing.
  private func annotations(of page: qpdf_oh, for content: PageContent) throws(PDFError) -> [qpdf_oh] {
    let list = qpdf_oh_get_key(qpdf, page, "/Annots")
    let count = qpdf_oh_is_array(qpdf, list) != 0 ? Int(qpdf_oh_get_array_n_items(qpdf, list)) : 0
    guard count == content.links.count else {
      throw PDFError(reason: "a page has \(count) links where \(content.links.count) were drawn")
    }
    return content.links.indices.map { qpdf_oh_get_array_item(qpdf, list, Int32(clamping: $0)) }
  }

  /// The way back, from marked sequences and links to their elements; the keys of links follow those of the pages.
  private func setParents(
    _ root: qpdf_oh, _ tree: StructureTree, _ elements: [qpdf_oh], _ pages: [qpdf_oh], _ links: [[qpdf_oh]]
  ) {
    var parents: [qpdf_oh] = []  // number, parent, number, parent …
    for (number, page) in pages.enumerated() {
      parents += [
        integer(number), qpdf_make_indirect_object(qpdf, array(tree.owners[number].map { elements[$0] })),
      ]
      qpdf_oh_replace_key(qpdf, page, "/StructParents", integer(number))
      qpdf_oh_replace_key(qpdf, page, "/Tabs", name("S"))
    }
    var next = pages.count
    for (parts, annotations) in zip(tree.linkParts, links) {
      for (part, annotation) in zip(parts, annotations) {
        qpdf_oh_replace_key(qpdf, annotation, "/StructParent", integer(next))
        parents += [integer(next), elements[part]]
        next += 1
      }
    }
    let parentTree = qpdf_make_indirect_object(qpdf, dictionary(["/Nums": array(parents)]))
    qpdf_oh_replace_key(qpdf, root, "/ParentTree", parentTree)
    qpdf_oh_replace_key(qpdf, root, "/ParentTreeNextKey", integer(next))
  }

  /// The elements of the tree, from the document down.
  private func fill(
    _ root: qpdf_oh, _ tree: StructureTree, _ elements: [qpdf_oh], _ pages: [qpdf_oh], _ links: [[qpdf_oh]]
  ) {
    var shared: [String: qpdf_oh] = [:]  // attributes that many elements have
    var ids: [(id: String, element: qpdf_oh)] = []
    for (index, part) in tree.parts.enumerated() where !tree.isEmpty[index] {
      let element = elements[index]
      qpdf_oh_replace_key(qpdf, element, "/Type", name("StructElem"))
      qpdf_oh_replace_key(qpdf, element, "/S", name(part.role.rawValue))
      qpdf_oh_replace_key(qpdf, element, "/P", part.parent.map { elements[$0] } ?? root)
      setAttribute(of: element, part.attribute, &shared)
      if case .id(let id)? = part.attribute { ids.append((id, element)) }
      if let place = tree.pictures[index] {
        let box = boundingBox(place.bounds, on: pages[place.page])
        let placement = part.role == .formula ? "Inline" : "Block"
        let layout = dictionary(["/O": name("Layout"), "/Placement": name(placement), "/BBox": box])
        qpdf_oh_replace_key(qpdf, element, "/A", layout)
      }
      // Numbers stand for content of the element's own page; content of others says which.
      let home = tree.kids[index].lazy.compactMap(\.page).first
      if let home { qpdf_oh_replace_key(qpdf, element, "/Pg", pages[home]) }
      let kids = tree.kids[index].compactMap { kid -> qpdf_oh? in
        switch kid {
        case .part(let child): return tree.isEmpty[child] ? nil : elements[child]
        case .content(let page, let number):
          if page == home { return integer(number) }
          return dictionary(["/Type": name("MCR"), "/Pg": pages[page], "/MCID": integer(number)])
        case .annotation(let page, let number):
          return dictionary(["/Type": name("OBJR"), "/Pg": pages[page], "/Obj": links[page][number]])
        }
      }
      if let only = kids.first { qpdf_oh_replace_key(qpdf, element, "/K", kids.count == 1 ? only : array(kids)) }
    }
    qpdf_oh_replace_key(qpdf, root, "/K", array(Array(elements.prefix(1))))
    if !ids.isEmpty {
      let sorted = ids.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
      let names = dictionary(["/Names": array(sorted.flatMap { [text($0.id), $0.element] })])
      qpdf_oh_replace_key(qpdf, root, "/IDTree", names)
    }
  }

  /// Lets fonts say which letters a ligature stands for, and how a TrueType font's characters become its glyphs, which
  /// PDF/UA-1 wants said even where it goes without saying (ISO 14289-1, 7.21.3.2).
  private func mendFonts(of page: qpdf_oh, seen: inout Set<Int32>) throws(PDFError) {
    let fonts = qpdf_oh_get_key_if_dict(qpdf, qpdf_oh_get_key(qpdf, page, "/Resources"), "/Font")
    guard qpdf_oh_is_dictionary(qpdf, fonts) != 0 else { return }
    var names: [String] = []
    qpdf_oh_begin_dict_key_iter(qpdf, fonts)
    while qpdf_oh_dict_more_keys(qpdf) != 0 {
      if let name = qpdf_oh_dict_next_key(qpdf) { names.append(String(cString: name)) }
    }
    for name in names {
      let font = qpdf_oh_get_key(qpdf, fonts, name)
      guard seen.insert(qpdf_oh_get_object_id(qpdf, font)).inserted else { continue }
      let descendants = qpdf_oh_get_key(qpdf, font, "/DescendantFonts")
      if qpdf_oh_is_array(qpdf, descendants) != 0 {
        let descendant = qpdf_oh_get_array_item(qpdf, descendants, 0)
        if qpdf_oh_is_dictionary_of_type(qpdf, descendant, "/Font", "/CIDFontType2") != 0 {
          qpdf_oh_replace_key(qpdf, descendant, "/CIDToGIDMap", self.name("Identity"))
        }
      }
      let map = qpdf_oh_get_key(qpdf, font, "/ToUnicode")
      guard qpdf_oh_is_stream(qpdf, map) != 0 else { continue }
      var (bytes, count): (UnsafeMutablePointer<UInt8>?, Int) = (nil, 0)
      _ = qpdf_oh_get_stream_data(qpdf, map, qpdf_dl_generalized, nil, &bytes, &count)
      defer { free(bytes) }
      try check()
      guard let new = decomposed(UnsafeBufferPointer(start: bytes, count: count)) else { continue }
      qpdf_oh_replace_key(qpdf, font, "/ToUnicode", stream(new))
    }
    try check()
  }

  private func setAttribute(
    of element: qpdf_oh, _ attribute: Structure.Attribute?, _ shared: inout [String: qpdf_oh]
  ) {
    func set(_ owner: String, _ key: String, _ value: String) {
      let object =
        shared[value]
        ?? qpdf_make_indirect_object(qpdf, dictionary(["/O": name(owner), key: name(value)]))
      shared[value] = object
      qpdf_oh_replace_key(qpdf, element, "/A", object)
    }
    switch attribute {
    case .alternative(let words): qpdf_oh_replace_key(qpdf, element, "/Alt", text(words))
    case .columnHead: set("Table", "/Scope", "Column")
    case .rowHead: set("Table", "/Scope", "Row")
    case .numbered: set("List", "/ListNumbering", "Decimal")
    case .bulleted: set("List", "/ListNumbering", "Disc")
    case .id(let id): qpdf_oh_replace_key(qpdf, element, "/ID", text(id))
    case nil: break
    }
  }

  /// Left, bottom, right and top from the page's lower left (ISO 32000-1, table 344).
  private func boundingBox(_ bounds: Rect, on page: qpdf_oh) -> qpdf_oh {
    let height = qpdf_oh_get_numeric_value(
      qpdf, qpdf_oh_get_array_item(qpdf, qpdf_oh_get_key(qpdf, page, "/MediaBox"), 3))
    let corners = [bounds.x, height - bounds.maxY, bounds.maxX, height - bounds.y]
    return array(corners.map { qpdf_oh_new_real_from_double(qpdf, $0, 2) })
  }

  private func retag(_ page: qpdf_oh, as tags: [ContentTag]) throws(PDFError) {
    var (bytes, count): (UnsafeMutablePointer<UInt8>?, Int) = (nil, 0)
    _ = qpdf_oh_get_page_content_data(qpdf, page, &bytes, &count)
    defer { free(bytes) }
    try check()
    let content = try retagged(UnsafeBufferPointer(start: bytes, count: count), as: tags)
    qpdf_oh_replace_key(qpdf, page, "/Contents", stream(content))
    try check()
  }
}

/// The structure with what the pages hold hung into it.
struct StructureTree {
  enum Kid {
    case part(Int)
    case content(page: Int, number: Int)
    case annotation(page: Int, number: Int)

    var page: Int? {
      switch self {
      case .content(let page, _): page
      case .part, .annotation: nil
      }
    }
  }

  /// Those of the structure, then a link for each place to click; the words of one may go on in the next line.
  private(set) var parts: [Structure.Part]
  private(set) var kids: [[Kid]]
  /// Whether a part has no content below it: it is left out, unless it keeps a table's columns in their places.
  private(set) var isEmpty: [Bool]
  /// What each page's marked sequences are, and the parts of those that are content, by their numbers.
  private(set) var tags: [[ContentTag]] = []
  private(set) var owners: [[Int]] = []
  /// The parts of each page's links, in order.
  private(set) var linkParts: [[Int]] = []
  private(set) var pictures: [Int: (page: Int, bounds: Rect)] = [:]

  init(_ structure: Structure, _ contents: [PageContent]) {
    parts = structure.parts
    kids = parts.map { _ in [] }
    isEmpty = []
    for (index, part) in parts.enumerated() { if let parent = part.parent { kids[parent].append(.part(index)) } }
    for (number, content) in contents.enumerated() { read(content, page: number) }
    isEmpty = parts.map { $0.role != .cell && $0.role != .headCell && $0.role != .document }
    for index in parts.indices.reversed() {  // what is below a part comes behind it
      let hasContent = kids[index].contains { kid in
        if case .part(let child) = kid { !isEmpty[child] } else { true }
      }
      if hasContent { isEmpty[index] = false }
    }
  }

  private mutating func read(_ content: PageContent, page: Int) {
    for (part, bounds) in content.bounds { pictures[part] = (page, bounds) }
    var (tags, owners): ([ContentTag], [Int]) = ([], [])
    let drawn = content.sequences.compactMap { owner -> Int? in if case .link(let link) = owner { link } else { nil } }
    var links = content.links.map { _ in Structure.root }
    var formulas: [Int: Int] = [:]  // parts, by number
    func add(to part: Int) {
      kids[part].append(.content(page: page, number: owners.count))
      tags.append(.content(role: parts[part].role.rawValue, number: owners.count))
      owners.append(part)
    }
    for owner in content.sequences {
      switch owner {
      case .decoration: tags.append(.decoration)
      case .part(let part): add(to: part)
      case .formula(let number):
        let part = formulas[number] ?? formulaPart(content.formulas[number], page)
        formulas[number] = part
        add(to: part)
      case .link(let link):
        links[link] = linkPart(content.links[link])
        add(to: links[link])
        kids[links[link]].append(.annotation(page: page, number: link))
      }
    }
    for link in Set(content.links.indices).subtracting(drawn).sorted() {
      links[link] = linkPart(content.links[link])
      kids[links[link]].append(.annotation(page: page, number: link))
    }
    self.tags.append(tags)
    self.owners.append(owners)
    linkParts.append(links)
  }

  /// The part of a formula, behind what was drawn before it.
  private mutating func formulaPart(_ formula: PageContent.Formula, _ page: Int) -> Int {
    let parent = formula.part ?? Structure.root
    parts.append(Structure.Part(role: .formula, parent: parent, attribute: .alternative(formula.words)))
    kids.append([])
    kids[parent].append(.part(parts.count - 1))
    pictures[parts.count - 1] = (page, formula.bounds)
    return parts.count - 1
  }

  /// The part of a link: a new one, unless the link goes on from what was drawn last of the same part.
  private mutating func linkPart(_ link: PageContent.Link) -> Int {
    let parent = link.part ?? Structure.root
    if case .part(let last)? = kids[parent].last, parts[last].role == .link, targets[last] == link.target {
      return last
    }
    parts.append(Structure.Part(role: .link, parent: parent, attribute: nil))
    kids.append([])
    kids[parent].append(.part(parts.count - 1))
    targets[parts.count - 1] = link.target
    return parts.count - 1
  }
  private var targets: [Int: LinkTarget] = [:]  // of links, by part
}

extension PageContent.Link {
  /// Where the link leads, in words.
  fileprivate func description(_ placeNames: [String: String]) -> String {
    let words = text.trimmedOfSpaces
    switch target {
    case .url(let url): return words.isEmpty || words == url ? url : "\(words): \(url)"
    case .destination(let place): return placeNames[place] ?? (words.isEmpty ? place : words)
    }
  }
}
