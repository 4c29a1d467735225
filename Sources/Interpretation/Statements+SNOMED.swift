import Foundation
import Wording

/// A concept of SNOMED CT, and how it stands to the statement that it was found for.
public struct SNOMEDConcept: Sendable, Equatable, Codable {
  /// Named as in SKOS (W3C Recommendation, 2009, section 10).
  public enum Match: String, Sendable, Codable, CaseIterable {
    case exact  // the concept says the same
    case broad  // the concept says less; what is lost stands in the note
    case close  // near, but neither holds the other
  }
  public var id: String
  /// As the source words it, which need not be SNOMED CT's preferred term.
  public var term: String
  public var match: Match
  public var source: String

  /// Whether this can be the identifier of a concept: 6 to 18 digits without a leading zero, of the partition of
  /// concepts (`00`, or `10` in an extension), with Verhoeff's check digit last.
  /// Source: SNOMED CT Release File Specifications, "SCTID"; Verhoeff, Error Detecting Decimal Codes (1969).
  public static func isConceptID(_ id: String) -> Bool {
    let digits = id.utf8.map { Int($0) - 48 }
    guard (6...18).contains(digits.count), digits.allSatisfy((0...9).contains), digits.first != 0 else { return false }
    let partition = digits.suffix(3).prefix(2)
    guard partition.elementsEqual([0, 0]) || partition.elementsEqual([1, 0]) else { return false }
    // Each digit, from the right, goes through the permutation as often as it stands left, then joins a dihedral sum.
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      var permuted = digit
      for _ in 0..<place % 8 { permuted = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][permuted] }
      sum = dihedral(sum, permuted)
    }
    return sum == 0
  }

  /// The product of two symmetries of the pentagon: 0 to 4 its turns, 5 to 9 its reflections.
  private static func dihedral(_ a: Int, _ b: Int) -> Int {
    switch (a < 5, b < 5) {
    case (true, true): (a + b) % 5
    case (true, false): 5 + (a + b - 5) % 5
    case (false, true): 5 + (a - 5 + 5 - b) % 5
    case (false, false): (a - b + 5) % 5
    }
  }
}

/// Which concept of SNOMED CT stands for which statement or class of PTB-XL: the table `Resources/snomed.csv`.
///
/// Sources of the rows:
/// - PhysioNet/CinC Challenge 2021: `dx_mapping_scored.csv` and `dx_mapping_unscored.csv` of
///   github.com/physionetchallenges/evaluation-2021. They name concepts and count them in each data set. Which
///   statement of PTB-XL became which concept there is inferred from these counts, which are those of the statement, or
///   of the union of several (164865005: 5,261 records, as many as have any infarction but AMI, or any injury).
/// - DICOM CID 3230: DICOM PS3.16, "ECG Findings".
/// - IHE PCC.PCS: `Cardiac_Rhythm_VS` of github.com/IHE/PCC.PCS: findings on the ECG, infarctions without an age.
/// - HL7 Lithuania ig-lt-cvd: `EkgResultInterpretationVS` of github.com/HL7LT/ig-lt-cvd.
///
/// PTB-XL+ (Strodthoff et al., doi:10.1038/s41597-023-02153-8) maps the statements too, but its `ptbxlToSNOMED.csv`
/// holds identifiers of OMOP, which cannot be turned into concepts without that vocabulary; nothing is taken from it.
/// SNOMED CT belongs to SNOMED International; who exchanges its concepts may need a licence.
public struct SNOMEDTable: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    public var code: String
    public var concept: SNOMEDConcept?
    /// What the concept does not say, or why there is none; may be empty beside a concept.
    public var note: String
  }
  public let rows: [Row]
  private let byCode: [String: Row]

  /// The project's own table.
  public static func standard() throws(StatementsError) -> SNOMEDTable { try loaded.get() }

  private static let loaded = Result { () throws(StatementsError) in
    try SNOMEDTable(parsing: Data(PackageResources.snomed_csv), from: "snomed.csv")
  }

  /// - Throws: ``StatementsError``, naming the first line that is wrong.
  init(parsing data: Data, from name: String) throws(StatementsError) {
    var rows: [Row] = []
    var byCode: [String: Row] = [:]
    let columns = ["code", "concept", "term", "match", "source", "note"]
    for (fields, place) in try tableRows(of: data, columns: columns, from: name) {
      let row = try Row(fields, at: place)
      guard byCode.updateValue(row, forKey: row.code) == nil else {
        throw StatementsError(place: place, problem: "'\(row.code)' stands here twice")
      }
      rows.append(row)
    }
    (self.rows, self.byCode) = (rows, byCode)
  }

  /// nil for a code that the table does not have; a row without a concept says why.
  public func row(for code: String) -> Row? { byCode[code] }
  public func concept(for code: String) -> SNOMEDConcept? { byCode[code]?.concept }
}

extension SNOMEDTable.Row {
  /// - Parameter fields: as many as the table has columns.
  fileprivate init(_ fields: [String], at place: String) throws(StatementsError) {
    let (id, term, source) = (fields[1], fields[2], fields[4])
    (code, note) = (fields[0], fields[5])
    guard fields[3] != "none" else {
      guard id.isEmpty, term.isEmpty, source.isEmpty, !note.isEmpty else {
        throw StatementsError(place: place, problem: "'\(code)' has no match; expected a note alone, which says why")
      }
      return
    }
    guard let match = SNOMEDConcept.Match(rawValue: fields[3]) else {
      throw StatementsError(place: place, problem: "match '\(fields[3])'; expected exact, broad, close or none")
    }
    guard SNOMEDConcept.isConceptID(id) else {
      throw StatementsError(place: place, problem: "'\(id)' is no identifier of a concept: its digits fail the check")
    }
    guard !term.isEmpty, !source.isEmpty, match == .exact || !note.isEmpty else {
      let needed = match == .exact ? "a term and a source" : "a term, a source and a note"
      throw StatementsError(place: place, problem: "'\(code)' lacks something; expected \(needed)")
    }
    concept = SNOMEDConcept(id: id, term: term, match: match, source: source)
  }
}
