import CQPDF
import Foundation

/// What qpdf could not do, in its own words.
public struct PDFError: Error, Equatable, CustomStringConvertible {
  public let reason: String
  public var description: String { "cannot finish the PDF: \(reason)" }
}

/// Adds to a PDF what Cairo cannot write: the language, the title in the window's bar, and files inside the file.
///
/// Nothing in the result comes from a clock or a random number: its identifier is a digest of its content.
/// Source: ISO 32000-2, 7.11.4 (embedded files), 12.2 (viewer preferences), 14.13 (associated files).
func finishedPDF(_ source: Data, language: String, files: [Page.Attachment]) throws -> Data {
  try source.withUnsafeBytes { bytes in  // qpdf reads from this memory until it has written
    let document = PDFFile()
    try document.read(bytes)
    try document.setLanguage(language)
    try document.attach(files)
    return try document.written()
  }
}

/// The one owner of qpdf's memory: every object handle belongs to it, and ends with it.
private struct PDFFile: ~Copyable {
  private let qpdf: qpdf_data?

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
  private func check() throws(PDFError) {
    guard qpdf_has_error(qpdf) != 0, let error = qpdf_get_error(qpdf) else { return }
    let text = qpdf_get_error_full_text(qpdf, error).map { String(cString: $0) }
    throw PDFError(reason: text ?? "qpdf gives no reason")
  }

  func setLanguage(_ language: String) throws(PDFError) {
    let root = qpdf_get_root(qpdf)
    qpdf_oh_replace_key(qpdf, root, "/Lang", text(language))
    let preferences = child(of: root, "/ViewerPreferences")
    qpdf_oh_replace_key(qpdf, preferences, "/DisplayDocTitle", qpdf_oh_new_bool(qpdf, 1))
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
    let stream = qpdf_oh_new_stream(qpdf)
    let content = Array(file.content.utf8)
    content.withUnsafeBufferPointer { bytes in  // copied by qpdf
      qpdf_oh_replace_stream_data(
        qpdf, stream, bytes.baseAddress, bytes.count, qpdf_oh_new_null(qpdf), qpdf_oh_new_null(qpdf))
    }
    let entries = qpdf_oh_get_dict(qpdf, stream)
    qpdf_oh_replace_key(qpdf, entries, "/Type", name("EmbeddedFile"))
    qpdf_oh_replace_key(qpdf, entries, "/Subtype", name(file.mediaType))
    let size = qpdf_oh_new_integer(qpdf, Int64(content.count))
    qpdf_oh_replace_key(qpdf, entries, "/Params", dictionary(["/Size": size]))
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
    qpdf_write(qpdf)
    try check()
    guard let buffer = qpdf_get_buffer(qpdf) else { throw PDFError(reason: "qpdf wrote nothing") }
    return Data(bytes: buffer, count: qpdf_get_buffer_length(qpdf))
  }

  // MARK: Objects

  /// The dictionary under `key`, made when there is none.
  private func child(of parent: qpdf_oh, _ key: String) -> qpdf_oh {
    let child = qpdf_oh_get_key(qpdf, parent, key)
    if qpdf_oh_is_dictionary(qpdf, child) != 0 { return child }
    let new = qpdf_make_indirect_object(qpdf, qpdf_oh_new_dictionary(qpdf))
    qpdf_oh_replace_key(qpdf, parent, key, new)
    return new
  }

  private func dictionary(_ entries: KeyValuePairs<String, qpdf_oh>) -> qpdf_oh {
    let dictionary = qpdf_oh_new_dictionary(qpdf)
    for (key, value) in entries { qpdf_oh_replace_key(qpdf, dictionary, key, value) }
    return dictionary
  }

  private func name(_ text: String) -> qpdf_oh { qpdf_oh_new_name(qpdf, "/" + text) }

  private func text(_ text: String) -> qpdf_oh {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        qpdf_oh_new_binary_unicode_string(qpdf, $0.baseAddress, $0.count)
      }
    }
  }
}
