import Foundation
import PTBXL
import Testing
import Wording

@testable import Interpretation

@Suite struct StatementsSNOMEDTests {
  @Test func haveARowForEveryStatementAndEveryLabelOfEverySet() throws {
    let codes = try SNOMEDTable.standard().rows.map(\.code)
    let wanted = LabelSet.allCases.flatMap { $0.labels(of: Statement.catalogue) }
    #expect(Set(codes) == Set(wanted))
    #expect(Set(codes).count == codes.count)
  }

  @Test func bearIdentifiersThatPassTheirCheck() throws {
    let rows = try SNOMEDTable.standard().rows
    #expect(rows.compactMap(\.concept).filter { !SNOMEDConcept.isConceptID($0.id) } == [])
    #expect(rows.filter { $0.concept == nil && $0.note.isEmpty } == [])
  }

  /// One identifier has one term, and no two statements are said to be exactly the same concept.
  @Test func nameEachConceptOnce() throws {
    let concepts = try SNOMEDTable.standard().rows.compactMap(\.concept)
    let terms = Dictionary(grouping: concepts, by: \.id).mapValues { Set($0.map(\.term)) }
    #expect(terms.filter { $0.value.count > 1 }.isEmpty)
    let exact = concepts.filter { $0.match == .exact }.map(\.id)
    #expect(Set(exact).count == exact.count)
  }

  @Test(arguments: [("AFIB", "164889003"), ("NORM", "164854000"), ("1AVB", "270492004"), ("LAO/LAE", "67741000119109")])
  func findTheConceptOfACode(code: String, id: String) throws {
    #expect(try SNOMEDTable.standard().concept(for: code)?.id == id)
  }

  @Test(arguments: ["BIGU", "INJAS", "VCLVH", "STTC"]) func haveNoneWhereNoneIsHonestAndSayWhy(code: String) throws {
    let row = try #require(try SNOMEDTable.standard().row(for: code))
    #expect(row.concept == nil && !row.note.isEmpty)
  }

  @Test func haveNoRowForACodeOfNoDataSet() throws {
    #expect(try SNOMEDTable.standard().row(for: "XYZ") == nil)
  }

  // MARK: The check digit

  /// 22298006 (myocardial infarction) and 80891009 (heart structure) are concepts, 680946014 the description that the
  /// specification takes for its example, 4065279 an identifier of OMOP.
  @Test(arguments: [
    ("22298006", true), ("80891009", true), ("67741000119109", true), ("22298007", false), ("22289006", false),
    ("680946014", false), ("4065279", false), ("", false), ("00000", false), ("022298006", false), ("2229800a", false),
    ("2229800６", false), ("1234567890123456789", false),
  ])
  func knowAConceptByItsDigits(id: String, isConcept: Bool) {
    #expect(SNOMEDConcept.isConceptID(id) == isConcept)
  }

  /// What Verhoeff's digit is for: any one wrong digit, and any two neighbours exchanged.
  @Test func noticeAWrongDigitAndAnExchange() {
    let digits = Array("164889003")
    for place in digits.indices {
      for digit in "0123456789" where digit != digits[place] {
        var wrong = digits
        wrong[place] = digit
        #expect(!SNOMEDConcept.isConceptID(String(wrong)))
      }
      if place + 1 < digits.count, digits[place] != digits[place + 1] {
        var exchanged = digits
        exchanged.swapAt(place, place + 1)
        #expect(!SNOMEDConcept.isConceptID(String(exchanged)))
      }
    }
  }

  // MARK: Broken files

  @Test(arguments: [
    ("code,concept\n", "f: columns code,concept; expected code,concept,term,match,source,note"),
    ("SR,426783007,t,exact,s,\n", "f, line 2: '426783007' is no identifier of a concept: its digits fail the check"),
    ("SR,426783006,t,same,s,\n", "f, line 2: match 'same'; expected exact, broad, close or none"),
    ("SR,426783006,t,exact,,\n", "f, line 2: 'SR' lacks something; expected a term and a source"),
    ("SR,426783006,t,broad,s,\n", "f, line 2: 'SR' lacks something; expected a term, a source and a note"),
    ("SR,,,none,,\n", "f, line 2: 'SR' has no match; expected a note alone, which says why"),
    ("SR,426783006,t,exact,s,\nSR,,,none,,n\n", "f, line 3: 'SR' stands here twice"),
  ])
  func sayWhereAFileIsWrong(text: String, problem: String) {
    let head = text.hasPrefix("code") ? "" : "code,concept,term,match,source,note\n"
    let error = #expect(throws: StatementsError.self) { try SNOMEDTable(parsing: Data((head + text).utf8), from: "f") }
    #expect(error?.description == problem)
  }
}
