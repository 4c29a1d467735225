import Foundation
import Measurement
import PTBXL
import Testing
import Wording

@testable import Interpretation

@Suite struct StatementsTests {
  /// A language's own rows, without what English lends.
  private func texts(_ language: String) throws -> Texts {
    let bytes = ["de": PackageResources.statements_de_csv, "en": PackageResources.statements_en_csv][language]
    return try Texts(parsing: Data(try #require(bytes)), from: language)
  }

  // MARK: What the files must hold

  @Test(arguments: Statements.languages) func haveEveryStatementAndEveryLabelOfEverySet(language: String) throws {
    let own = Set(try texts(language).statements.keys)
    let wanted = LabelSet.allCases.flatMap { $0.labels(of: Statement.catalogue) }
    #expect(own == Set(wanted))
    #expect(Set(Statement.catalogue.map(\.code)).isSubset(of: own))
  }

  @Test(arguments: Statements.languages) func haveEveryWord(language: String) throws {
    let own = try texts(language).words
    #expect(Statements.Word.allCases.filter { own[$0] == nil }.map(\.rawValue) == [])
  }

  @Test(arguments: Statements.languages) func nameInAtMostFortyCharacters(language: String) throws {
    #expect(try texts(language).statements.values.map(\.name).filter { $0.count > 40 } == [])
  }

  @Test(arguments: Statements.languages) func nameEachStatementDifferently(language: String) throws {
    let statements = try texts(language).statements.values
    #expect(Set(statements.map(\.name)).count == statements.count)
    #expect(Set(statements.map(\.sentence)).count == statements.count)
  }

  @Test(arguments: Statements.languages) func putTheSameValuesInEachLanguage(language: String) throws {
    let (own, english) = (try texts(language).words, try texts("en").words)
    for (word, template) in own {
      #expect(template.places.sorted() == english[word]?.places.sorted(), "\(word.rawValue)")
      #expect(Set(template.places) == Set(1..<template.places.count + 1), "\(word.rawValue)")
    }
  }

  /// A row that was copied and never translated reads as the English one does; these do so rightly.
  @Test func translateWhatIsNotTheSameInGerman() throws {
    let same: Set<Statements.Word> = [
      .listSeparator, .sectionPatient, .patientName, .scaleSpeed, .scaleGain, .findingCode, .severity0, .measureQtc,
      .measureQtcBazett, .measureQtcFridericia, .measureQtcFramingham, .measureQtcHodges, .measureSdnn, .measureRmssd,
      .beatNormal, .qualityAnd, .columnSnomed,
    ]
    let (german, english) = (try texts("de"), try texts("en"))
    #expect(Set(Statements.Word.allCases.filter { german.words[$0] == english.words[$0] }) == same)
    let copied = german.statements.keys.filter { german.statements[$0]?.name == english.statements[$0]?.name }
    #expect(copied == [])
  }

  /// What would be set wrongly on the page: stray spaces, units that can be parted from their number, typewriter marks.
  @Test(arguments: Statements.languages) func areWellSet(language: String) throws {
    let own = try texts(language)
    let words = own.words.filter { $0.key != .listSeparator && !$0.key.rawValue.hasPrefix("note.") }
    let said = own.statements.values.flatMap { [$0.name, $0.sentence] } + words.values.map { $0.filled(with: []) }
    for text in said {
      #expect(text == text.trimmingCharacters(in: .whitespaces) && !text.contains("  "), "\(text)")
      #expect(text.firstMatch(of: /[0-9}] (ms|mV|mm|Hz|s|%)(?![a-z])/) == nil, "\(text)")
      #expect(!text.contains("\""), "\(text)")
    }
  }

  // MARK: What they say

  @Test(arguments: [
    ("AFIB", "Atrial fibrillation", "Vorhofflimmern"), ("1AVB", "First-degree AV block", "AV-Block I. Grades"),
    ("CLBBB", "Complete left bundle branch block", "Kompletter Linksschenkelblock"),
    ("LAFB", "Left anterior fascicular block", "Linksanteriorer Hemiblock"),
    ("LPR", "Prolonged PR interval", "Verlängerte PQ-Zeit"), ("STTC", "ST-T changes", "ST-T-Veränderungen"),
  ])
  func nameAsCardiologistsDo(code: String, english: String, german: String) throws {
    #expect(try Statements(language: "en").name(of: code) == english)
    #expect(try Statements(language: "de").name(of: code) == german)
  }

  /// PTB-XL does not say how old an infarction is, so no headline may.
  @Test(arguments: Statement.catalogue.filter { $0.superclass == "MI" && $0.code.hasSuffix("MI") })
  func leaveTheAgeOfAnInfarctionOpen(statement: Statement) throws {
    #expect(try Statements(language: "en").sentence(of: statement.code).hasPrefix("Old or recent "))
    #expect(try Statements(language: "de").sentence(of: statement.code).hasPrefix("Frischer oder alter "))
  }

  @Test func sayTheRuleAndTheCautionAsInterpretationsDo() throws {
    let english = try Statements(language: "en")
    #expect(english.word(.riskRule) == RiskGroup.rule)
    #expect(english.word(.pageCaution) == Interpretation.caution)
  }

  @Test func saysInEveryLanguageThatPWavesWereNotLookedForInHours() throws {
    let reason = try #require(LongRecording.pWaves.reason)
    for language in Statements.languages {
      let statements = try Statements(language: language)
      #expect(statements.translated(reason) == statements.word(.absentPHours))
    }
    #expect(try Statements(language: "en").word(.absentPHours) == reason)
  }

  @Test(arguments: SeverityTableReasons.all) func translateEveryReasonOfTheSeverityTable(reason: String) throws {
    #expect(try Statements(language: "en").translated(reason) == reason)
    #expect(try Statements(language: "de").translated(reason) != reason)
  }

  // MARK: Which language

  @Test(arguments: [
    ("de", "de"), ("de-AT", "de"), ("DE", "de"), ("en", "en"), ("en-GB", "en"), ("de-Latn-CH-1996", "de"),
  ])
  func takeTheLanguageOfATag(tag: String, language: String) throws {
    #expect(try Statements(language: tag).language == language)
  }

  @Test(arguments: ["fr", "", "-", "deutsch", "x-de"]) func refuseALanguageThatIsNotThere(tag: String) {
    let error = #expect(throws: StatementsError.self) { try Statements(language: tag) }
    #expect(error?.description == "language '\(tag)': there are no words for it; expected one of de, en")
  }

  @Test func fallBackToEnglishAndThenToTheKey() throws {
    let rows = "statement,SR,Rythme sinusal,Rythme sinusal\nword,yes,oui,\n"
    let french = try Texts(parsing: Data("kind,key,text,sentence\n\(rows)".utf8), from: "fr")
    let empty = try Texts(parsing: Data("kind,key,text,sentence\n".utf8), from: "none")
    let statements = Statements(language: "fr", own: french, english: try texts("en"))
    #expect(statements.name(of: "SR") == "Rythme sinusal" && statements.name(of: "AFIB") == "Atrial fibrillation")
    #expect(statements.word(.yes) == "oui" && statements.word(.no) == "no")
    let none = Statements(language: "fr", own: empty, english: empty)
    #expect(none.name(of: "SR") == "SR" && none.sentence(of: "SR") == "SR" && none.word(.riskHigh) == "risk.high")
  }

  @Test func nameACodeOfNoDataSetByItself() throws {
    #expect(try Statements(language: "de").name(of: "XYZ") == "XYZ")
    #expect(try Statements(language: "de").sentence(of: "XYZ") == "XYZ")
  }

  // MARK: Values

  @Test func putValuesInTheirPlaces() throws {
    let (english, german) = (try Statements(language: "en"), try Statements(language: "de"))
    #expect(english.word(.date, "2026", "03", "14") == "2026-03-14")
    #expect(german.word(.date, "2026", "03", "14") == "14.03.2026")
    #expect(german.word(.pageNumber, "1", "2") == "Seite\u{A0}1 von\u{A0}2")
    #expect(german.word(.pageNumber, "{2}") == "Seite\u{A0}{2} von\u{A0}{2}")
    #expect(german.word(.yes, "too", "many") == "ja")
  }

  @Test(arguments: [
    ("lead V1 converted from uV to mV", "Ableitung V1 von uV in mV umgerechnet"),
    ("resampled from 500 to 100 Hz", "von 500 auf 100 Hz umgetastet"),
    ("only 3 beats: every value rests on few", "nur 3 Schläge: alle Werte stützen sich auf wenige"),
    ("Mains of 50 Hz disturb lead V1 by 31.5 µV.", "Netzbrummen von 50\u{A0}Hz stört Ableitung V1 mit 31,5\u{A0}µV."),
    ("not measured, being no ECG: RESP", "nicht gemessen, da kein EKG: RESP"),
    ("lead V2 is missing in under 1 % of the recording", "Ableitung V2 fehlt in unter 1\u{A0}% der Aufzeichnung"),
    ("no T wave", "keine T-Welle"), ("no R′ wave", "keine R′-Zacke"),
    (
      "Electrodes are probably exchanged: V1 and V2 exchanged, or V1 and V3 exchanged. Axes and the place of an "
        + "infarction would be wrong.",
      "Elektroden sind wahrscheinlich vertauscht: V1 mit V2 oder V1 mit V3. Achsen und Infarktlokalisation "
        + "wären falsch."
    ),
    (
      "Electrodes may be exchanged: right and left arm exchanged; or the heart lies on the right (dextrocardia), as the "
        + "fading of V1 to V6 suggests. The trace alone cannot tell. Axes and the place of an infarction would be wrong.",
      "Elektroden sind möglicherweise vertauscht: rechter mit linkem Arm; oder das Herz liegt rechts (Dextrokardie), "
        + "wofür die Abnahme von V1 bis V6 spricht. Die Aufzeichnung allein kann das nicht entscheiden. Achsen und "
        + "Infarktlokalisation wären falsch."
    ),
    (
      "Every lead is probably upside down, or right and left arm exchanged. Axes and the place of an infarction would be "
        + "wrong.",
      "Wahrscheinlich sind alle Ableitungen umgepolt oder rechter mit linkem Arm. Achsen und Infarktlokalisation wären "
        + "falsch."
    ),
    (
      "Lead V1 reaches 16.5 mV, more than a heart gives: is the unit right? The same, if less, in V2, V3.",
      "Ableitung V1 erreicht 16,5\u{A0}mV, mehr als ein Herz erzeugt: Stimmt die Einheit? Dasselbe, aber weniger, in V2, V3."
    ),
    (
      "The limb leads contradict one another by up to 0.31 mV in the mean: II is not I + III, aVR is not −(I + II) / 2.",
      "Die Extremitätenableitungen widersprechen einander im Mittel um bis zu 0,31\u{A0}mV: II ist nicht I + III, aVR ist "
        + "nicht −(I + II) / 2."
    ),
    ("of V1, V2 less than half can be read: no boundary rests on them", "von V1, V2 ist weniger als die Hälfte auswertbar: Keine der Grenzen stützt sich darauf"),
    ("the longest pause: 2.4 s", "die längste Pause: 2,4\u{A0}s"),
    ("one thing, or another", "one thing, or another"),
    (
      "Nothing could be compared with the training data: V1 not there.",
      "Mit den Trainingsdaten war nichts vergleichbar: nicht vorhanden: V1."
    ),
    ("no heart beat was found", "kein Herzschlag gefunden"),
    ("noise in all leads", "Rauschen oder Muskelartefakte in allen Ableitungen"),
    ("the signal quality is poor (flat line in V1)", "die Signalqualität ist schlecht (Nulllinie in V1)"),
    ("lead is missing", "lead is missing"), ("a site's own words", "a site's own words"), ("", ""),
    ("2026-03-14", "2026-03-14"),
  ])
  func translateTextWordedAsTheEnglishFile(english: String, german: String) throws {
    #expect(try Statements(language: "de").translated(english) == german)
    #expect(try Statements(language: "en").translated(english) == english)
  }

  /// Every remark is found again from what it gives, so that no row hides another. Not `{1}, or {2}` and `{1}, {2}`: they
  /// are so short that their values must be remarks themselves.
  @Test(arguments: Statements.Word.remarks.filter { ![.qualityOr, .qualityAnd].contains($0) })
  func translateEveryRemark(word: Statements.Word) throws {
    let (english, german) = (try Statements(language: "en"), try Statements(language: "de"))
    let values = ["7", "V3", "II", "12"]
    #expect(german.translated(english.word(word, values: values)) == german.word(word, values: values))
  }

  @Test func writeNumbersAndListsAsTheLanguageDoes() throws {
    let (english, german) = (try Statements(language: "en"), try Statements(language: "de"))
    #expect(english.number("−0.87") == "−0.87" && german.number("−0.87") == "−0,87" && german.number("12") == "12")
    #expect(english.list(["I", "II", "V3"]) == "I, II and V3" && german.list(["I", "II"]) == "I und II")
    #expect(english.list([]) == "none" && german.list(["I"]) == "I")
  }

  @Test(arguments: [
    (-180, "right axis deviation", "überdrehter Rechtstyp"),
    (-91, "extreme axis deviation", "extreme Achsenabweichung"),
    (-90, "left axis deviation", "überdrehter Linkstyp"), (-31, "left axis deviation", "überdrehter Linkstyp"),
    (-30, "normal axis", "Linkstyp"), (30, "normal axis", "Linkstyp"), (31, "normal axis", "Indifferenztyp"),
    (61, "normal axis", "Steiltyp"), (90, "normal axis", "Steiltyp"), (91, "right axis deviation", "Rechtstyp"),
    (121, "right axis deviation", "überdrehter Rechtstyp"), (180, "right axis deviation", "überdrehter Rechtstyp"),
    (270, "left axis deviation", "überdrehter Linkstyp"), (.nan, "", ""), (.infinity, "", ""),
  ])
  func callAnAxisByItsType(degrees: Double, english: String, german: String) throws {
    #expect(try Statements(language: "en").axis(degrees) == english)
    #expect(try Statements(language: "de").axis(degrees) == german)
  }

  // MARK: Broken files

  @Test(arguments: [
    ("kind,key,text\n", "f: columns kind,key,text; expected kind,key,text,sentence"),
    ("kind,key,text,sentence\nverb,x,y,\n", "f, line 2: kind 'verb'; expected statement, class or word"),
    ("kind,key,text,sentence\nword,nonsense,y,\n", "f, line 2: no word of the program has the key 'nonsense'"),
    ("kind,key,text,sentence\nword,yes,,\n", "f, line 2: 'yes' has no text"),
    ("kind,key,text,sentence\nstatement,SR,Sinus rhythm,\n", "f, line 2: 'SR' has no sentence"),
    ("kind,key,text,sentence\nword,yes,a,\nword,yes,b,\n", "f, line 3: 'yes' stands here twice"),
    ("kind,key,text,sentence\nword,yes\n", "f: line 2: 2 fields; the head has 4"),
  ])
  func sayWhereAFileIsWrong(text: String, problem: String) {
    let error = #expect(throws: StatementsError.self) { try Texts(parsing: Data(text.utf8), from: "f") }
    #expect(error?.description == problem)
  }
}

enum SeverityTableReasons {
  static let all: [String] = {
    guard let table = try? SeverityTable.standard() else { return [] }
    return Set(table.rows.map(\.reason)).union([table.row(for: "no such label").reason]).sorted()
  }()
}
