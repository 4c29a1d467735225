import Book
import Formats
import Foundation
import Interpretation
import WFDB

/// A FHIR R4 bundle of a patient's report, with what the recording's file says of patient, time and device.
public func fhirBundle(of results: Results, pdf: Data, record file: ECGFile) throws -> Data {
  let stored = try file.stored ?? StoredRecording(file.stream.record(0..<0))
  return try fhirReport(of: results, pdf: pdf, patient: stored.patient, start: stored.start, device: stored.device).bundle()
}

/// A patient's report, rendered, as a reading that ``Formats/FHIRReport/bundle()`` writes for a hospital's systems.
///
/// Values are rounded as the page shows them. Statements get the concepts of `snomed.csv` that say the same or less
/// (``SNOMEDTable``, which names its sources); a concept that is only near is left out. Of an anonymous report neither
/// patient nor start nor device is told, whatever is given. The reading of hours is that of its worst ten seconds.
/// - Parameters:
///   - results: with a cell `measure`, and `infer` and `model` where a network was asked.
///   - pdf: the report as it is printed.
///   - start: of the recording.
///   - device: the electrocardiograph.
/// - Throws: ``CellError`` when the report measures no recording; `StatementsError` for a language without words.
public func fhirReport(
  of results: Results, pdf: Data, patient: Patient?, start: Header.Start = Header.Start(), device: String? = nil
) throws -> FHIRReport {
  guard let measured = results.cells.first(where: { $0.kind == MeasureCell.kind }) else {
    throw CellError(
      "the report '\(results.report.name)' has no cell of kind '\(MeasureCell.kind)'; expected a patient's report")
  }
  let read = results.cells.first { $0.kind == InferCell.kind }
  let statements = try Statements(language: measured.options["language"]?.string ?? "en")
  let concepts = try SNOMEDTable.standard()

  var report = FHIRReport(
    software: .init(name: "ECGBook", version: results.tools["ecgbook"] ?? toolVersion),
    conclusion: (read?.values["headline"] ?? measured.values["headline"])?.string ?? "", pdf: pdf)
  report.language = FHIRReport.Language(rawValue: statements.language) ?? .en
  report.observations = results.observations(of: measured, statements)
  report.findings = read.map { results.findings(of: $0, concepts) } ?? []
  // A network's caution says all that the banner does, and what the network cannot name.
  let caution = read?.values["caution"]?.string
  report.notes = (caution.map { [$0] } ?? measured.banners) + measured.texts("quality.cautions")
  if let model = results.cells.first(where: { $0.kind == ModelCell.kind })?.values["words"]?.string {
    report.notes.append(model)
  }

  if let by = measured.options["confirmed-by"]?.string, let on = measured.options["confirmed-on"]?.string, !by.isEmpty {
    let codes = (measured.options["statements"]?.string ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    report.status = .final(by: by, on: on)  // it was none before, so that it is not amended
    if !codes.isEmpty { report.physicianStatements = codes.map { .init($0, name: statements.name(of: $0), concepts) } }
  }
  if measured.options["anonymous"] != .boolean(true) {
    (report.patient, report.start, report.device) = (patient, start, device)
  }
  return report
}

extension Results {
  /// A frame of a cell: it stands beside the cell, or in the table or figure that shows it.
  fileprivate func frame(_ name: String, of cell: CellPart) -> Frame? {
    let shown = cells.lazy.flatMap { $0.tables + $0.figures }.first { $0.from == FrameName(cell: cell.id, frame: name) }
    return cell.frames[name] ?? shown?.data
  }

  /// What was measured, with its limits and how it stands to them.
  fileprivate func observations(of cell: CellPart, _ statements: Statements) -> [FHIRReport.Observation] {
    let quantities: [(StoredMeasurement.Quantity, Statements.Word)] = [
      (.rate, .measureRate), (.rr, .measureRr), (.p, .measureP), (.pr, .measurePr), (.qrs, .measureQrs),
      (.qt, .measureQt), (.qtcFridericia, .measureQtcFridericia), (.qtcBazett, .measureQtcBazett),
      (.pAxis, .measureAxisP), (.qrsAxis, .measureAxisQrs), (.tAxis, .measureAxisT),
    ]
    let limits = frame("measurements", of: cell)
    let names = limits?.strings("measure") ?? []
    return quantities.compactMap { quantity, word in
      let name = statements.word(word)
      // A quantity is called in a report as among stored measurements: `qtc.bazett`, `axes.p`.
      guard let value = cell.values[quantity.rawValue] else { return nil }
      let result: FHIRReport.Observation.Result
      switch value {
      case .undefined(let reason): result = .absent(reason: reason)
      default:
        guard let number = value.double else { return nil }
        result = .value(number.rounded())
      }
      var observation = FHIRReport.Observation(quantity, name: name, result)
      guard let limits, let row = names.firstIndex(of: name) else { return observation }
      func limit(_ column: String) -> Double? { limits.doubles(column).dropFirst(row).first ?? nil }
      let (low, high) = (limit("lower"), limit("upper"))
      guard low != nil || high != nil else { return observation }
      observation.range = .init(low: low, high: high, text: limits.strings("limits").dropFirst(row).first)
      guard case .value = result else { return observation }
      observation.interpretation =
        switch limits.strings("verdict").dropFirst(row).first {
        case "\u{2193}": .low
        case "\u{2191}": .high
        default: .normal
        }
      return observation
    }
  }

  /// What the network says of each of its labels; nothing where it abstains.
  fileprivate func findings(of cell: CellPart, _ concepts: SNOMEDTable) -> [FHIRReport.Finding] {
    guard let frame = frame("findings", of: cell) else { return [] }
    let (names, groups, risks) = (frame.strings("name"), frame.strings("group"), frame.strings("risk"))
    let (probabilities, thresholds) = (frame.doubles("probability"), frame.doubles("threshold"))
    return frame.strings("label").enumerated().compactMap { row, label in
      guard let probability = probabilities.dropFirst(row).first ?? nil else { return nil }
      let risk = groups.dropFirst(row).first == "none" ? nil : risks.dropFirst(row).first
      return FHIRReport.Finding(
        .init(label, name: names.dropFirst(row).first ?? label, concepts), probability: probability,
        threshold: thresholds.dropFirst(row).first ?? nil, riskGroup: risk)
    }
  }
}

extension Results.CellPart {
  fileprivate func texts(_ path: String) -> [String] {
    guard case .list(let items)? = values[path] else { return [] }
    return items.compactMap(\.string)
  }
}

extension FHIRReport.Statement {
  fileprivate init(_ code: String, name: String, _ concepts: SNOMEDTable) {
    let concept = concepts.concept(for: code).flatMap { $0.match == .close ? nil : $0 }
    self.init(code: code, display: name, concept: concept.map { Concept(id: $0.id, display: $0.term) })
  }
}
