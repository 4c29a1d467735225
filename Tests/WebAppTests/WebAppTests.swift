import Foundation
import HTTPTypes
import Synthesis
import TestSupport
import Testing

@testable import WebApp

@Suite struct WebAppTests {
  @Test(arguments: [("en", "Read an electrocardiogram"), ("de", "Ein EKG lesen")])
  func showsAStartPageInEachLanguage(language: String, title: String) async throws {
    try await withTemporaryFolder { folder in
      let answer = try await Site(folder).ask(path: "/?lang=\(language)")
      #expect(answer.status == 200)
      #expect(answer.text.contains("<html lang=\"\(language)\">") && answer.text.contains(title))
    }
  }

  @Test func takesTheLanguageThatABrowserPrefers() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      for (field, language) in [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr,en;q=0.3,de;q=0.2", "en"), ("fr", "en"), ("de;q=0", "en")] {
        #expect(try await site.ask(path: "/", [.acceptLanguage: field]).text.contains("<html lang=\"\(language)\">"), "\(field)")
      }
    }
  }

  /// From the form to the page that shows trace, measurements and what can be taken along, and to nothing once it is forgotten.
  @Test func readsARecordingAndForgetsIt() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let sent = try await site.send("/readings?lang=en", Site.recording(), fields: ["age": "61", "sex": "female"])
      #expect(sent.status == 303, "\(sent.text)")
      let place = try #require(sent.headers[.location])
      let page = try await site.ask(path: place)
      #expect(page.status == 200)
      for part in ["Heart rate", "QRS duration", "<svg", "report.pdf", "61", "250 Hz"] { #expect(page.text.contains(part), "\(part)") }
      let own = String(place.prefix { $0 != "?" })
      for (file, type, beginning) in [
        ("report.pdf", "application/pdf", "%PDF-"), ("report.html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("trace.svg?layout=12x1&speed=50&gain=20", "image/svg+xml", "<svg"), ("interpretation.json", "application/json", "{"),
        ("results.json", "application/json", "{"), ("report.fhir.json", "application/fhir+json", "{"),
      ] {
        let answer = try await site.ask(path: "\(own)/\(file)")
        #expect(answer.status == 200 && answer.headers[.contentType] == type && answer.text.hasPrefix(beginning), "\(file)")
      }
      let folders = { try FileManager.default.contentsOfDirectory(atPath: folder + "/readings") }
      #expect(try folders().count == 1)
      #expect(try await site.ask(.post, "\(own)/forget").status == 303)
      #expect(try await site.ask(path: place).status == 404)
      #expect(try folders().isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/uploads").isEmpty)
    }
  }

  @Test func answersProgramsWithTheSameInterpretation() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let made = try await site.send("/api/interpretations?lang=en", Site.recording(comments: ["Age: 47"]))
      #expect(made.status == 201)
      let document = try made.json()
      let id = try #require(document["id"] as? String)
      #expect(made.headers[.location] == "/api/interpretations/\(id)")
      let measures = try #require(document["measurements"] as? [[String: Any]])
      let rate = try #require(measures.first?["value"] as? Double)
      #expect((40...120).contains(rate) && measures.first?["unit"] as? String == "/min")
      #expect((document["record"] as? [String: Any])?["format"] as? String == "WFDB")
      let again = try await site.ask(path: "/api/interpretations/\(id)?lang=en")
      #expect(again.body == made.body)
      #expect(try await site.ask(.delete, "/api/interpretations/\(id)").status == 204)
      let gone = try await site.ask(path: "/api/interpretations/\(id)")
      #expect(gone.status == 404 && gone.headers[.contentType] == "application/problem+json")
    }
  }

  /// Each with status 422 and a reason that says what would be right.
  @Test(arguments: [
    ("signals alone", ["rec.dat"], "choose its header"), ("header alone", ["rec.hea"], "is missing"),
    ("two headers", ["rec.hea", "rec.hea other.hea", "rec.dat"], "one recording at a time"),
    ("a path as a name", ["rec.hea ../rec.hea", "rec.dat"], "is not plain"), ("an absolute path", ["rec.hea /etc/passwd", "rec.dat"], "is not plain"),
    ("a backslash", ["rec.hea a\\b.hea"], "is not plain"), ("a hidden file", ["rec.hea .hea"], "is not plain"),
    ("nothing", [], "no file was sent"),
  ])
  func refusesWithAReason(what: String, names: [String], reason: String) async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let recording = try Site.recording()
      let files = names.map { name -> (name: String, content: [UInt8]) in
        let sides = name.split(separator: " ").map(String.init)
        return (sides.last ?? "", recording.first { $0.name == sides.first }?.content ?? [])
      }
      let program = try await site.send("/api/interpretations", files)
      #expect(program.status == 422, "\(what): \(program.text)")
      #expect(try (program.json()["detail"] as? String)?.contains(reason) ?? false, "\(what): \(program.text)")
      #expect(!program.text.contains(folder))
      let page = try await site.send("/readings?lang=en", files)
      #expect(page.status == 422 && page.text.contains("role=\"alert\""))
    }
  }

  /// Headers that claim more than there is, and a file cut short.
  @Test(arguments: [
    ("rec 1 500 999999999999\nrec.dat 16 200/mV\n", "bytes"), ("rec 99999999 500 5000\n", "signals"), ("rec 1 500 5000\nrec.dat 16 200/mV\nrec.dat 16\n", "signal"),
    ("rec 1 500 5000\n/etc/passwd 16 200/mV\n", "leaves the header's folder"), ("rec 1 500 400000\nrec.dat 16 200/mV 16 0 0 0 0 I\n", "bytes"),
  ])
  func refusesHeadersThatClaimTooMuch(header: String, reason: String) async throws {
    try await withTemporaryFolder { folder in
      let signals = try #require(try Site.recording().last).content
      let answer = try await Site(folder).send("/api/interpretations", [("rec.hea", Array(header.utf8)), ("rec.dat", signals)])
      #expect(answer.status == 422)
      #expect(try (answer.json()["detail"] as? String)?.contains(reason) ?? false, "\(answer.text)")
    }
  }

  @Test func showsNoScriptOfAFile() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
      let sent = try await site.send("/readings?lang=en", Site.recording(comments: ["Diagnosis: \(script)", "Age: 50"]))
      let page = try await site.ask(path: try #require(sent.headers[.location]))
      #expect(page.status == 200)
      #expect(!page.text.contains("<script>alert") && !page.text.contains("<img"))
      let named = try await site.send("/readings?lang=en", [("<script>alert(1).hea", [65])])
      #expect(named.status == 422 && !named.text.contains("<script>alert"))
    }
  }

  @Test func refusesALongRecordingWithTheCommandThatReadsIt() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { $0.limits.recordingSeconds = 5 }
      let answer = try await site.send("/api/interpretations", Site.recording())
      #expect(answer.status == 422 && answer.text.contains("lasts 10 s; at most 5 s") && answer.text.contains("ecgbook patient"))
    }
  }

  /// As `curl --data-binary @rec.edf` sends it, and names in pieces or in capitals, as some systems write them.
  @Test func takesFilesHoweverTheyAreSentAndNamed() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let recording = try Site.recording(name: "rec")
      let capitals = [("rec.HEA", recording[0].content), ("rec.DAT", recording[1].content)]
      #expect(try await site.send("/api/interpretations", capitals).status == 201)
      let table = "# rate: 100 Hz\n# unit: mV\nI,II\n" + (0..<1000).map { "\($0 % 80 < 3 ? 1 : 0),\($0 % 80 < 3 ? 0.5 : 0)\n" }.joined()
      let sent = try await site.ask(
        .post, "/api/interpretations?name=u\u{308}ber%20Nacht.csv".replacing("u\u{308}", with: "u%CC%88"),
        [.contentType: "application/x-www-form-urlencoded"], body: Array(table.utf8))
      #expect(sent.status == 201, "\(sent.text)")
    }
  }

  @Test func refusesMoreThanItCanMeasureSoon() async throws {
    try await withTemporaryFolder { folder in
      let header = "rec 1 5000 10000\nrec.dat 16 200/mV 16 0 0 0 0 I\n"
      let answer = try await Site(folder).send("/api/interpretations", [("rec.hea", Array(header.utf8)), ("rec.dat", [UInt8](repeating: 0, count: 20_000))])
      #expect(answer.status == 422 && answer.text.contains("2000 Hz"))
      let slow = "slow 1 1e-300 100\nslow.dat 16 200/mV 16 0 0 0 0 I\n"
      let never = try await Site(folder).send("/api/interpretations", [("slow.hea", Array(slow.utf8)), ("slow.dat", [UInt8](repeating: 0, count: 200))])
      #expect(never.status == 422 && never.text.contains("very long"))
    }
  }

  @Test func saysWhatIsWrongWithAnAddress() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let sent = try await site.send("/readings?lang=en", Site.recording())
      let place = try #require(sent.headers[.location])
      #expect(try await site.ask(.head, place).status == 200)
      #expect(try await site.ask(path: place + "&lead=ZZ").status == 400)
      #expect(try await site.ask(path: place + "&speed=7").status == 400)
      #expect(try await site.ask(path: place + "&with=0123").status == 404)
      #expect(try await site.send("/enter", [], fields: ["token": "x"]).status == 404)
    }
  }

  @Test func comparesTwoRecordings() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let sent = try await site.send("/readings?lang=en", Site.recording(seed: 1))
      let place = try #require(sent.headers[.location]).prefix { $0 != "?" }
      let compared = try await site.send("\(place)/compare?lang=en", Site.recording([.crbbb], seed: 2))
      let both = try #require(compared.headers[.location])
      #expect(compared.status == 303 && both.hasPrefix(place) && both.contains("with="))
      let page = try await site.ask(path: both)
      #expect(page.status == 200)
      #expect(page.text.contains("Compared with the earlier recording") && page.text.contains("id=\"compare-done\""))
    }
  }

  @Test func answersEveryAddressOfItsDocument() async throws {
    try await withTemporaryFolder { folder in
      try await synthesizeSamples(folder + "/data")
      let site = try Site(folder, samples: folder + "/data")
      let made = try await site.ask(.post, "/api/interpretations?sample=1")
      let id = try #require(try made.json()["id"] as? String)
      let document = try await site.ask(path: "/api/openapi.json").json()
      let paths = try #require(document["paths"] as? [String: [String: Any]])
      #expect(paths.count >= 10)
      // DELETE last: it takes what the others ask for.
      for (path, operations) in paths.sorted(by: { $0.key > $1.key }) {
        for method in operations.keys.sorted(by: >) where ["get", "post", "delete"].contains(method) {
          let query = method == "post" ? "?sample=2" : ""
          let kind = try #require([HTTPRequest.Method.get, .post, .delete].first { $0.rawValue.lowercased() == method })
          let answer = try await site.ask(kind, path.replacing("{id}", with: id) + query)
          let responses = try #require((operations[method] as? [String: Any])?["responses"] as? [String: Any])
          #expect((200..<300).contains(answer.status) && responses["\(answer.status)"] != nil, "\(method) \(path): \(answer.status)")
        }
      }
    }
  }

  @Test func findsSamplesByNumberDiagnosisAgeAndSex() async throws {
    try await withTemporaryFolder { folder in
      try await synthesizeSamples(folder + "/data")
      let site = try Site(folder, samples: folder + "/data")
      let all = try #require(try await site.ask(path: "/api/samples").json()["count"] as? Int)
      #expect(all == 12)
      var women = 0, men = 0
      for (sex, count) in [("female", { women = $0 }), ("male", { men = $0 })] {
        count(try #require(try await site.ask(path: "/api/samples?sex=\(sex)").json()["count"] as? Int))
      }
      #expect(women + men == all && women > 0 && men > 0)
      let one = try await site.ask(path: "/api/samples?number=3").json()
      let sample = try #require((one["samples"] as? [[String: Any]])?.first)
      #expect(one["count"] as? Int == 1 && sample["id"] as? Int == 3)
      let code = try #require((sample["statements"] as? [String])?.first)
      let found = try #require(try await site.ask(path: "/api/samples?diagnosis=\(code)").json()["samples"] as? [[String: Any]])
      #expect(!found.isEmpty && found.allSatisfy { ($0["statements"] as? [String])?.contains(code) ?? false })
      #expect(try await site.ask(path: "/api/samples?from=200&to=3").status == 400)
      let page = try await site.ask(path: "/?lang=en&diagnosis=\(code)")
      #expect(page.text.contains("name=\"sample\" value=\"3\""))
      let read = try await site.ask(
        .post, "/readings", [.contentType: "application/x-www-form-urlencoded"], body: Array("sample=3".utf8))
      #expect(read.status == 303)
      #expect(try await site.ask(.post, "/api/interpretations?sample=999").status == 422)
    }
  }

  @Test func keepsRecordingsOnlyWhereToldTo() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { $0.keep = folder + "/kept" }
      let made = try await site.send("/api/interpretations", Site.recording())
      let id = try #require(try made.json()["id"] as? String)
      let kept = try FileManager.default.contentsOfDirectory(atPath: folder + "/kept/\(id)").sorted()
      #expect(kept == ["rec.dat", "rec.hea", "report.pdf", "results.json"])
      #expect(try await site.ask(path: "/?lang=en").text.contains("is kept by whoever runs this server"))
    }
  }

  @Test func forgetsWhatNobodyAskedForInTime() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { ($0.limits.keepingTime, $0.limits.readings) = (.milliseconds(1), 2) }
      let made = try await site.send("/api/interpretations", Site.recording())
      try await Task.sleep(for: .milliseconds(5))
      await site.app.readings.sweep()
      #expect(await site.app.readings.count == 0)
      #expect(try await site.ask(path: "/api/interpretations/\(try #require(try made.json()["id"] as? String))").status == 404)
    }
  }

  @Test func forgetsTheOldestWhenThereAreTooMany() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { $0.limits.readings = 2 }
      var ids: [String] = []
      for seed in 1...3 { ids.append(try #require(try await site.send("/api/interpretations", Site.recording(seed: UInt64(seed))).json()["id"] as? String)) }
      #expect(await site.app.readings.reading(ids[0]) == nil)
      #expect(await site.app.readings.count == 2)
    }
  }
}

/// Twelve made records in PTB-XL's layout.
private func synthesizeSamples(_ folder: String) async throws { try await synthesize(into: folder, records: 12, seed: 3) }

extension Site {
  func ask(path: String, _ headers: [HTTPField.Name: String] = [:]) async throws -> Answer { try await ask(.get, path, headers) }
}
