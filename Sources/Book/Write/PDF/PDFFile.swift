import CQPDF
import Drawing
import Foundation

/// What qpdf could not do, in its own words.
public struct PDFError: Error, Equatable, CustomStringConvertible {
  public let reason: String
  public var description: String { "cannot finish the PDF: \(reason)" }
}

/// Adds to a PDF what Cairo cannot write: the structure, the language, metadata, and files inside the file.
///
/// Nothing in the result comes from a clock or a random number: its identifier is a digest of its content.
/// Source: ISO 32000-2, 7.11.4 (embedded files), 12.2 (viewer preferences), 14.13 (associated files).
/// - Parameter contents: what the pages of `source` hold, as Cairo drew them.
func finishedPDF(
  _ source: Data, _ contents: [PageContent], _ structure: Structure, _ manuscript: Manuscript
) throws -> Data {
  try source.withUnsafeBytes { bytes in  // qpdf reads from this memory until it has written
    let document = PDFFile()
    try document.read(bytes)
    try document.setMetadata(of: manuscript.page)
    try document.tag(structure, contents, placeNames: manuscript.placeNames)
    try document.attach(manuscript.files)
    return try document.written()
  }
}

/// The one owner of qpdf's memory: every object handle belongs to it, and ends with it.
struct PDFFile: ~Copyable {
  let qpdf: qpdf_data?

  init() {
    qpdf = qpdf_init()
    qpdf_silence_errors(qpdf)  // they are thrown, not printed
    qpdf_set_suppress_warnings(qpdf, 1)
  }

  deinit {
    var qpdf = qpdf
    qpdf_cleanup(&qpdf)
  }

  /// - Parameter bytes: must outlive this file.
  func read(_ bytes: UnsafeRawBufferPointer) throws(PDFError) {
    _ = qpdf_read_memory(qpdf, "report", bytes.bindMemory(to: CChar.self).baseAddress, UInt64(bytes.count), nil)
    try check()
  }

  /// qpdf remembers the first failure of any call until it is asked.
  func check() throws(PDFError) {
    guard qpdf_has_error(qpdf) != 0, let error = qpdf_get_error(qpdf) else { return }
    let text = qpdf_get_error_full_text(qpdf, error).map { String(cString: $0) }
    throw PDFError(reason: text ?? "qpdf gives no reason")
  }

  /// The language, the title in the window's bar, and the XMP packet, which says that the file follows PDF/UA-1.
  func setMetadata(of page: Page) throws(PDFError) {
    let root = qpdf_get_root(qpdf)
    qpdf_oh_replace_key(qpdf, root, "/Lang", text(page.language))
    let preferences = child(of: root, "/ViewerPreferences")
    qpdf_oh_replace_key(qpdf, preferences, "/DisplayDocTitle", qpdf_oh_new_bool(qpdf, 1))
    let packet = stream(Array(xmpPacket(of: page).utf8), ["/Type": name("Metadata"), "/Subtype": name("XML")])
    qpdf_oh_replace_key(qpdf, root, "/Metadata", packet)
    try check()
  }

  func attach(_ files: [Page.Attachment]) throws(PDFError) {
    guard !files.isEmpty else { return }
    let root = qpdf_get_root(qpdf)
    let associated = qpdf_oh_new_array(qpdf)
    let names = qpdf_oh_new_array(qpdf)  // name, file, name, file … in order of the names (ISO 32000-2, 7.9.6)
    for file in files.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      let specification = qpdf_make_indirect_object(qpdf, fileSpecification(file))
      qpdf_oh_append_item(qpdf, names, text(file.name))
      qpdf_oh_append_item(qpdf, names, specification)
      qpdf_oh_append_item(qpdf, associated, specification)
    }
    let tree = dictionary(["/Names": names])
    qpdf_oh_replace_key(qpdf, child(of: root, "/Names"), "/EmbeddedFiles", tree)
    qpdf_oh_replace_key(qpdf, root, "/AF", associated)
    try check()
  }

  private func fileSpecification(_ file: Page.Attachment) -> qpdf_oh {
    let content = Array(file.content.utf8)
    let size = qpdf_oh_new_integer(qpdf, Int64(content.count))
    let stream = stream(
      content,
      ["/Type": name("EmbeddedFile"), "/Subtype": name(file.mediaType), "/Params": dictionary(["/Size": size])])
    // What the report shows, or what it was made from (ISO 32000-2, table 43).
    let isSource = file.mediaType.hasPrefix("text/markdown")
    return dictionary([
      "/Type": name("Filespec"), "/F": text(file.name), "/UF": text(file.name), "/Desc": text(file.description),
      "/EF": dictionary(["/F": stream, "/UF": stream]), "/AFRelationship": name(isSource ? "Source" : "Data"),
    ])
  }

  func written() throws(PDFError) -> Data {
    qpdf_init_write_memory(qpdf)
    try check()
    qpdf_set_deterministic_ID(qpdf, 1)
    qpdf_set_object_stream_mode(qpdf, qpdf_o_generate)
    qpdf_set_minimum_pdf_version(qpdf, "1.7")  // what PDF/UA-1 builds on
    qpdf_write(qpdf)
    try check()
    guard let buffer = qpdf_get_buffer(qpdf) else { throw PDFError(reason: "qpdf wrote nothing") }
    return Data(bytes: buffer, count: qpdf_get_buffer_length(qpdf))
  }

  // MARK: Objects

  /// The dictionary under `key`, made when there is none.
  func child(of parent: qpdf_oh, _ key: String) -> qpdf_oh {
    let child = qpdf_oh_get_key(qpdf, parent, key)
    if qpdf_oh_is_dictionary(qpdf, child) != 0 { return child }
    let new = qpdf_make_indirect_object(qpdf, qpdf_oh_new_dictionary(qpdf))
    qpdf_oh_replace_key(qpdf, parent, key, new)
    return new
  }

  func stream(_ content: [UInt8], _ entries: KeyValuePairs<String, qpdf_oh> = [:]) -> qpdf_oh {
    let stream = qpdf_oh_new_stream(qpdf)
    content.withUnsafeBufferPointer { bytes in  // copied by qpdf
      qpdf_oh_replace_stream_data(
        qpdf, stream, bytes.baseAddress, bytes.count, qpdf_oh_new_null(qpdf), qpdf_oh_new_null(qpdf))
    }
    let dictionary = qpdf_oh_get_dict(qpdf, stream)
    for (key, value) in entries { qpdf_oh_replace_key(qpdf, dictionary, key, value) }
    return stream
  }

  func dictionary(_ entries: KeyValuePairs<String, qpdf_oh>) -> qpdf_oh {
    let dictionary = qpdf_oh_new_dictionary(qpdf)
    for (key, value) in entries { qpdf_oh_replace_key(qpdf, dictionary, key, value) }
    return dictionary
  }

  func array(_ items: [qpdf_oh]) -> qpdf_oh {
    let array = qpdf_oh_new_array(qpdf)
    for item in items { qpdf_oh_append_item(qpdf, array, item) }
    return array
  }

  func integer(_ value: Int) -> qpdf_oh { qpdf_oh_new_integer(qpdf, Int64(value)) }

  func name(_ text: String) -> qpdf_oh { qpdf_oh_new_name(qpdf, "/" + text) }

  func text(_ text: String) -> qpdf_oh {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        qpdf_oh_new_binary_unicode_string(qpdf, $0.baseAddress, $0.count)
      }
    }
  }
}
