import Foundation
import Testing

@testable import Wording

@Suite struct LanguageTests {
  // MARK: What the files must hold

  @Test(arguments: Language.codes) func haveEveryPhrase(code: String) throws {
    let language = try Language(code)
    #expect(Phrase.allCases.filter { language.forms(of: $0) == nil }.map(\.rawValue) == [])
  }

  @Test(arguments: Language.codes) func putTheSameValuesInEachLanguage(code: String) throws {
    let (own, english) = (try Language(code), try Language("en"))
    for phrase in Phrase.allCases {
      let (forms, models) = (try #require(own.forms(of: phrase)), try #require(english.forms(of: phrase)))
      #expect(forms.count == models.count, "\(phrase.rawValue)")
      for form in forms { #expect(Set(form.places) == Set(models[0].places), "\(phrase.rawValue)") }
    }
  }

  /// A row that was copied and never translated reads as the English one does; these do so rightly.
  @Test func translateWhatIsNotTheSameInGerman() throws {
    let same: Set<Phrase> = [.range, .scalesNormal, .trendStIn, .ecgStretch, .trendSpan, .disclosureSettings, .ecgSaysRr]
    let (german, english) = (try Language("de"), try Language("en"))
    let copied = Phrase.allCases.filter { german.forms(of: $0) == english.forms(of: $0) }
    #expect(Set(copied).subtracting(same) == [])
  }

  @Test(arguments: Language.codes) func areWellSet(code: String) throws {
    let language = try Language(code)
    for phrase in Phrase.allCases {
      for form in try #require(language.forms(of: phrase)) {
        let text = form.filled(with: [])
        #expect(text == text.trimmingCharacters(in: .whitespaces) && !text.contains("  ") && !text.contains("\""), "\(text)")
      }
    }
  }

  // MARK: What they say

  @Test func sayNothingForeignWhereNobodyNamedALanguage() { #expect(say(.figure, "3") == "Figure 3") }

  @Test func speakTheLanguageThatIsAsked() {
    let said = Language.speaking("de-AT") { [say(.figure, "3"), say(.page, "1", "3"), say(.months, form: 2)] }
    #expect(said == ["Abbildung 3", "Seite 1 von 3", "März"])
    #expect(Language.current.code == "en")
  }

  @Test func takeTheLastFormForManyMore() { #expect(say(.rows, form: 7, "12") == "12\u{A0}rows") }

  @Test(arguments: ["fr", "", "-", "deutsch"]) func refuseALanguageThatIsNotThere(tag: String) {
    let error = #expect(throws: WordingError.self) { try Language(tag) }
    #expect(error?.description == "language '\(tag)': there are no words for it; expected one of de, en")
    #expect(Language.speaking(tag) { say(.contents) } == "Contents")
  }

  // MARK: Broken files

  @Test(arguments: [
    ("key\n", "f: columns key; expected key,text"), ("key,text\nnonsense,y\n", "f, line 2: no phrase of the program has the key 'nonsense'"),
    ("key,text\nyes,\n", "f, line 2: 'yes' has no text"), ("key,text\nrows,a/\n", "f, line 2: 'rows' has no text"),
    ("key,text\nyes,a\nyes,b\n", "f, line 3: 'yes' stands here twice"),
  ])
  func sayWhereAFileIsWrong(text: String, problem: String) {
    let error = #expect(throws: WordingError.self) { try Language(parsing: Data(text.utf8), code: "xx", from: "f") }
    #expect(error?.description == problem)
  }
}
