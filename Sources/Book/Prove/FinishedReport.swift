import CQPDF
import Files
import Foundation

/// A report that was rendered before: an HTML file, a PDF, or its results alone. Everything that can be asked of it is
/// inside.
public struct FinishedReport: Sendable {
  public enum Form: String, Sendable { case html = "HTML", pdf = "PDF", results }

  public var path: String
  public var form: Form
  public var data: Data
  public var results: Results
  /// The CSV files and sources beside the results: name → content. Empty for results alone.
  public var attachments: [String: String]

  /// - Throws: ``ProofError`` when the file is no report of ours, `FileError` when it cannot be read.
  public init(contentsOf path: String) throws {
    let data = try readFile(path)
    try self.init(data, path: path)
  }

  public init(_ data: Data, path: String) throws {
    (self.path, self.data) = (path, data)
    attachments = [:]
    let resultsText: String
    if data.starts(with: Data("%PDF-".utf8)) {
      form = .pdf
      attachments = try Self.files(inPDF: data, path)
      guard let text = attachments["results.json"] else { throw ProofError("\(path): this PDF holds no results.json: it is no report of ECGBook") }
      resultsText = text
    } else {
      guard let text = String(validating: data, as: UTF8.self) else { throw ProofError("\(path): neither HTML, PDF nor results of a report") }
      if text.drop(while: \.isWhitespace).hasPrefix("<!DOCTYPE html>") {
        form = .html
        let opening = "<script type=\"application/json\" id=\"results\">"
        guard let start = text.range(of: opening), let end = text.range(of: "</script>", range: start.upperBound..<text.endIndex) else {
          throw ProofError("\(path): this page holds no results: it is no report of ECGBook, or a draft of one")
        }
        resultsText = String(text[start.upperBound..<end.lowerBound])
        attachments = Self.downloads(in: text)
      } else {
        form = .results
        resultsText = text
      }
    }
    do { results = try JSONDecoder().decode(Results.self, from: Data(resultsText.utf8)) } catch {
      throw ProofError("\(path): its results cannot be read: \(Self.reason(error))")
    }
    guard results.schema == Results.currentSchema else {
      throw ProofError("\(path): its results have the schema '\(results.schema)'; this version of ECGBook reads '\(Results.currentSchema)'")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context): "a value of another type\(place(context))"
    default: "they are no JSON"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    return path.isEmpty ? "" : " at \(path)"
  }

  /// The files that a page offers to save.
  private static func downloads(in text: String) -> [String: String] {
    var files: [String: String] = [:]
    for tag in text.split(separator: "<") where tag.hasPrefix("a ") {
      guard let name = attribute("download", in: tag), let address = attribute("href", in: tag),
        let comma = address.firstIndex(of: ","), let content = Data(base64Encoded: String(address[address.index(after: comma)...]))
      else { continue }
      files[name] = String(decoding: content, as: UTF8.self)
    }
    return files
  }

  static func attribute(_ name: String, in tag: some StringProtocol) -> String? {
    guard let start = tag.range(of: " \(name)=\"") else { return nil }
    let rest = tag[start.upperBound...]
    return rest.firstIndex(of: "\"").map { String(rest[..<$0]) }
  }

  /// The files that are attached to a PDF.
  private static func files(inPDF data: Data, _ path: String) throws -> [String: String] {
    try data.withUnsafeBytes { bytes in
      let document = PDFFile(), qpdf = document.qpdf
      do { try document.read(bytes) } catch { throw ProofError("\(path): this PDF is damaged") }
      let names = qpdf_oh_get_key(qpdf, qpdf_oh_get_key(qpdf, qpdf_oh_get_key(qpdf, qpdf_get_root(qpdf), "/Names"), "/EmbeddedFiles"), "/Names")
      guard qpdf_oh_is_array(qpdf, names) != 0 else { return [:] }
      var files: [String: String] = [:]
      for index in stride(from: Int32(0), to: qpdf_oh_get_array_n_items(qpdf, names) - 1, by: 2) {
        let name = qpdf_oh_get_utf8_value(qpdf, qpdf_oh_get_array_item(qpdf, names, index)).map { String(cString: $0) } ?? ""
        let stream = qpdf_oh_get_key(qpdf, qpdf_oh_get_key(qpdf, qpdf_oh_get_array_item(qpdf, names, index + 1), "/EF"), "/F")
        var (buffer, length, isFiltered): (UnsafeMutablePointer<UInt8>?, Int, QPDF_BOOL) = (nil, 0, 0)
        guard qpdf_oh_is_stream(qpdf, stream) != 0,
          qpdf_oh_get_stream_data(qpdf, stream, qpdf_dl_all, &isFiltered, &buffer, &length) == 0, let buffer
        else { continue }
        defer { free(buffer) }
        files[name] = String(decoding: UnsafeBufferPointer(start: buffer, count: length), as: UTF8.self)
      }
      return files
    }
  }
}

/// Why a file cannot be proven or taken apart.
public struct ProofError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

extension FinishedReport {
  /// The frames that it holds as they were computed: cell → name → frame.
  public var frames: [String: [String: Frame]] {
    var frames: [String: [String: Frame]] = [:]
    for cell in results.cells {
      frames[cell.id, default: [:]].merge(cell.frames) { first, _ in first }
      for shown in cell.figures + cell.tables { if let from = shown.from { frames[from.cell, default: [:]][from.frame] = shown.data } }
    }
    return frames
  }

  /// The page as it follows from the results alone: nothing is computed but text and figures.
  /// - Throws: ``ReportError``, ``CellFailure``.
  func page(registry: CellRegistry) throws -> (page: Page, results: Results) {
    let part = results.report
    let report = Report(parsing: part.source, path: "\(part.name).md", included: part.included ?? [:])
    let plan = try Plan.make(report, sealed: part, registry: registry).get()
    let frames = frames
    var (execution, keyed) = (Execution(), plan)
    for (index, cell) in plan.cells.enumerated() {
      guard let known = results.cells.first(where: { $0.id == cell.id }) else { continue }
      let output = Output(
        values: known.values, frames: frames[cell.id] ?? [:], citations: known.citations, banners: known.banners,
        testSet: known.testSet, verdict: known.verdict)
      execution.cells[cell.id] = RunContext.NeededCell(cell: cell.cell, output: output, folder: "", key: known.computeKey)
      keyed.cells[index].keys = CellKeys(
        compute: known.computeKey, render: known.renderKey, parts: known.keyParts)
    }
    var resolver = Resolver(keyed, execution, tools: results.tools, isSealed: true)
    return try resolver.resolve(sourceDate: part.date)
  }
}
