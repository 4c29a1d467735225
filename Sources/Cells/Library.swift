import Book
import Foundation
import PTBXL

/// The works that every report can cite: what data and methods here oblige a reader to cite.
public func citationLibrary() throws -> [BibliographyItem] {
  let releases = Version.releases.flatMap { version in
    PTBXL.Citation.ptbxl(version: version).map { BibliographyItem($0, version: version) }
  }
  var seen: Set<String> = []
  return releases.filter { seen.insert($0.id).inserted }
    + (try BibliographyItem.items(parsing: Data(PackageResources.library_json)))
}

extension PTBXL.Citation {
  /// The key under which a report cites it. Each release of PTB-XL is a work of its own, with its own DOI.
  func libraryKey(_ version: Version) -> String { type == "dataset" ? "ptbxl-\(version.number ?? "unknown")" : key }
}

extension BibliographyItem {
  init(_ citation: PTBXL.Citation, version: Version) {
    self.init(
      id: citation.libraryKey(version), type: citation.type, title: citation.title,
      authors: citation.authors.map { Name(family: $0.family, given: $0.given) }, year: citation.year,
      container: citation.container, volume: citation.volume, issue: citation.issue, page: citation.pages,
      publisher: [citation.publisher, citation.note].compactMap(\.self).joined(separator: ", "), version: citation.version,
      doi: citation.doi, url: citation.url)
  }
}
