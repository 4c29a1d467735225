import Files
import Foundation

/// What a data set holds, in numbers: what `ecgbook data describe` prints.
public struct DataDescription: Sendable, Equatable, Codable {
  public struct Fold: Sendable, Equatable, Codable {
    public var fold, records, patients: Int
  }
  /// Years; nil when no age is known. Ages over 89 that the table writes as 300 are counted apart.
  public struct Ages: Sendable, Equatable, Codable {
    public var known, over89, unknown: Int
    public var min, median, max: Double?
  }
  public struct Sexes: Sendable, Equatable, Codable {
    public var male, female, unknown: Int
  }
  /// Records with at least one label, and for each label its records per fold, in the order of ``folds``.
  public struct LabelCounts: Sendable, Equatable, Codable {
    public var records: Int
    public var labels: [String: [Int]]
  }
  public struct CrossingPatient: Sendable, Equatable, Codable {
    public var patient: Int
    public var folds: [Int]
  }

  public var records, patients: Int
  public var version: Version
  public var isSynthetic: Bool
  public var folds: [Fold]
  public var sexes: Sexes
  public var ages: Ages
  /// By the name of the label set.
  public var labelSets: [String: LabelCounts]
  /// Records whose header or signal file is not there, by sampling rate: `"100"`, `"500"`.
  public var missingFiles: [String: Int]
  /// Patients with records in several folds: there should be none.
  public var patientsAcrossFolds: [CrossingPatient]
}

extension Database {
  public func describe() -> DataDescription {
    let folds = self.folds
    let places = Dictionary(uniqueKeysWithValues: folds.enumerated().map { ($1, $0) })
    let byFold = Dictionary(grouping: records, by: \.fold)
    let ages = records.compactMap(\.age).sorted()
    let over89 = records.count { $0.ageOver89 }

    var labelSets: [String: DataDescription.LabelCounts] = [:]
    for set in LabelSet.allCases {
      let matrix = labelMatrix(set)
      var counts = [[Int]](repeating: [Int](repeating: 0, count: folds.count), count: matrix.labels.count)
      var labelled = 0
      for (index, record) in matrix.records.enumerated() {
        let row = matrix.row(index)
        if row.contains(true) { labelled += 1 }
        guard let fold = places[record.fold] else { continue }
        for (label, isPositive) in row.enumerated() where isPositive { counts[label][fold] += 1 }
      }
      labelSets[set.rawValue] = DataDescription.LabelCounts(
        records: labelled, labels: Dictionary(uniqueKeysWithValues: zip(matrix.labels, counts)))
    }
    return DataDescription(
      records: records.count, patients: Set(records.map(\.patientID)).count, version: version, isSynthetic: isSynthetic,
      folds: folds.map { fold in
        let records = byFold[fold] ?? []
        return DataDescription.Fold(
          fold: fold, records: records.count, patients: Set(records.map(\.patientID)).count)
      },
      sexes: DataDescription.Sexes(
        male: records.count { $0.sex == .male }, female: records.count { $0.sex == .female },
        unknown: records.count { $0.sex == nil }),
      ages: DataDescription.Ages(
        known: ages.count, over89: over89, unknown: records.count - ages.count - over89,
        min: ages.first.map(Double.init), median: median(ages), max: ages.last.map(Double.init)),
      labelSets: labelSets,
      missingFiles: Dictionary(uniqueKeysWithValues: Rate.allCases.map { ("\($0.rawValue)", missingFiles($0)) }),
      patientsAcrossFolds: patientsAcrossFolds().map {
        DataDescription.CrossingPatient(patient: $0.patient, folds: $0.folds)
      })
  }

  /// How many records lack their header or signal file at that rate. Each folder is listed once.
  public func missingFiles(_ rate: Rate) -> Int {
    var listings: [Substring: Set<String>] = [:]
    return records.count { record in
      let name = record.fileName(rate)
      let slash = name.lastIndex(of: "/")
      let parent = slash.map { name[..<$0] } ?? ""
      let stem = slash.map { String(name[name.index(after: $0)...]) } ?? name
      if listings[parent] == nil {
        listings[parent] = Set((try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + parent)) ?? [])
      }
      let files = listings[parent] ?? []
      return !files.contains(stem + ".hea") || !files.contains(stem + ".dat")
    }
  }
}

/// The middle of sorted numbers; of two middle ones, their mean.
private func median(_ sorted: [Int]) -> Double? {
  guard !sorted.isEmpty else { return nil }
  return Double(sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

extension DataDescription {
  /// For a terminal: 100 columns at most with ten folds.
  public var text: String {
    var lines: [String] = []
    lines.append("\(records) records of \(patients) patients\(isSynthetic ? ", synthetic" : "")")
    lines.append("version   \(version.number ?? "unknown"): \(version.evidence)")
    lines.append("sex       \(sexes.male) male, \(sexes.female) female, \(sexes.unknown) unknown")
    let range = ages.median.map { " (\(whole(ages.min))–\(whole(ages.max)), median \(whole($0)))" } ?? ""
    lines.append("age       \(ages.known) known\(range), \(ages.over89) over 89, \(ages.unknown) unknown")
    for rate in Rate.allCases {
      let missing = missingFiles["\(rate.rawValue)"] ?? 0
      let state = missing == 0 ? "complete" : missing == records ? "none" : "\(missing) of \(records) missing"
      lines.append("\(padded("\(rate)", 9)) files: \(state)")
    }
    for crossing in patientsAcrossFolds.prefix(10) {
      lines.append("warning   patient \(crossing.patient) is in folds \(Folds.text(crossing.folds))")
    }
    if patientsAcrossFolds.count > 10 { lines.append("warning   and \(patientsAcrossFolds.count - 10) more patients") }

    func row(_ name: String, _ counts: [Int]) -> String {
      padded(name, 12) + ([counts.reduce(0, +)] + counts).map { aligned("\($0)", 7) }.joined()
    }
    lines.append("")
    lines.append(
      padded("fold", 12) + aligned("all", 7) + folds.map { aligned("\($0.fold)", 7) }.joined())
    lines.append(row("records", folds.map(\.records)))
    lines.append(row("patients", folds.map(\.patients)))
    for set in LabelSet.allCases {
      guard let counts = labelSets[set.rawValue] else { continue }
      lines.append("")
      lines.append("\(set.rawValue): \(counts.records) records with at least one of \(counts.labels.count) labels")
      for label in counts.labels.keys.sorted() { lines.append(row(label, counts.labels[label] ?? [])) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func whole(_ number: Double?) -> String {
    number.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } ?? "?"
  }
  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
  private func aligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
