import Files
import Foundation
import TestSupport
import Testing
import WFDB

/// A recording given to the tool, as a clinician would give it.
@Suite struct PatientTests {
  /// Twelve leads of ten seconds, as the project's own electrocardiograph makes them, written as `NAME` into a folder.
  private static func record(
    _ name: String, in folder: String, leads names: [String]? = nil, comments: [String] = ["Age: 61", "Sex: Female"],
    change: (inout WFDB.Lead) -> Void = { _ in }
  ) throws {
    let data = folder + "/data"
    if !FileManager.default.fileExists(atPath: data) {
      let made = try Command.run(["data", "synthesize", data, "--records", "4", "--seed", "7"])
      try #require(made.status == 0, "\(made.errors)")
    }
    let synthetic = try Record(path: data + "/records500/00000/00001_hr")
    var leads = synthetic.leads
    if let names { leads = names.compactMap { name in leads.first { $0.name.lowercased() == name.lowercased() } } }
    for index in leads.indices { change(&leads[index]) }
    try EncodedRecord(name: name, samplingFrequency: 500, leads: leads, comments: comments).write(to: folder)
  }

  private func text(ofPDF path: String) throws -> [String] {
    let result = Command.finish(try Command.start(["-layout", path, "-"], program: "/usr/bin/pdftotext"))
    return result.output.split(separator: "\u{0C}").map(String.init)
  }

  @Test func measuresWithAReasonForWhatCannotBeHad() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder, leads: ["I", "V1"])
      let result = try Command.run(["measure", "one", "--json", "--annotations", "waves"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let rate = try #require(object["rate"] as? Double)
      #expect((20...250).contains(rate))
      for key in ["rr", "pr", "qrs", "qt", "qtc", "axes", "reasons", "warnings"] { #expect(object[key] != nil, "\(key)") }
      let qtc = try #require(object["qtc"] as? [String: Any])
      #expect(Set(qtc.keys) == ["bazett", "fridericia", "framingham", "hodges"])
      // One limb lead gives no frontal axis.
      let axes = try #require(object["axes"] as? [String: Any])
      let reasons = try #require(object["reasons"] as? [String: String])
      #expect(axes["qrs"] is NSNull && reasons["axes.qrs"]?.isEmpty == false)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/waves").sorted()
      #expect(names == ["one.i", "one.v1"])
      let waves = try Annotations(path: folder + "/waves/one.i")
      #expect(waves.list.contains { $0.code.symbol == "N" } && waves.list.contains { $0.code.symbol == "(" })
    }
  }

  @Test func writesAPageThatIsEnoughAlone() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let result = try Command.run(["patient", "one", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let files = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
      #expect(files == ["data", "one.hea", "one.dat", "page.html", "page.pdf"], "nothing of the patient is kept")
      let pages = try text(ofPDF: folder + "/page.pdf")
      for page in pages { #expect(page.contains("Unconfirmed, not a medical device")) }
      let first = try #require(pages.first)
      let words = first.replacing("\u{A0}", with: " ")
      for word in ["Heart rate", "QTc (Fridericia)", "Sensitivity", "61 years", "female", "25 mm/s", "10 mm/mV", "aVR", "V6"] {
        #expect(words.contains(word), "\(word)")
      }
      let whole = pages.joined()
      #expect(whole.contains("acute ST-elevation infarction") && whole.contains("Not looked for"))
    }
  }

  /// The page of a patient is drawn true to scale, wherever it stands in the document.
  @Test(.enabled(if: PDFPaths.isPossible)) func drawsTheCalibrationPulseTrueOnTheFirstPage() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let result = try Command.run(["patient", "one", "--model", "none", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let pages = try PDFPaths.lines(ofPDF: folder + "/page.pdf")
      let page = try #require(pages.first)
      let pulses = page.filter { $0.points.count == 6 && $0.points.isPulse }
      #expect(pulses.count == 4, "one in each row, the rhythm strip's included: \(pages.map { $0.count { $0.points.count == 6 } }), \(page.count) lines; \(page.filter { $0.points.count == 6 }.prefix(2).map(\.points))")
      for pulse in pulses {
        #expect(abs(pulse.points[3].x - pulse.points[2].x - 5) < 0.025)
        #expect(abs(pulse.points[1].y - pulse.points[2].y - 10) < 0.05)
      }
    }
  }

  @Test func tellsNothingOfWhoAnAnonymousPageIsOf() throws {
    try withTemporaryFolder { folder in
      try Self.record("MUELLER_HANS", in: folder, comments: ["Age: 61", "Name: Hans Mueller"])
      let result = try Command.run(
        ["patient", "MUELLER_HANS", "--anonymous", "--model", "none", "--output", "page", "--format", "html,pdf,results"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      #expect(!(result.output + result.errors).contains("MUELLER"))
      for name in ["page.html", "page.results.json"] {
        let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        #expect(!text.localizedCaseInsensitiveContains("mueller"), "\(name)")
      }
      #expect(!(try text(ofPDF: folder + "/page.pdf").joined().localizedCaseInsensitiveContains("mueller")))
    }
  }

  @Test func namesNoPathOfTheRecordAnywhere() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let result = try Command.run(["patient", folder + "/one", "--model", "none", "--output", "page", "--format", "html,results"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      for name in ["page.html", "page.results.json"] {
        #expect(!(try String(contentsOfFile: folder + "/" + name, encoding: .utf8).contains(folder)), "\(name)")
      }
    }
  }

  @Test func holdsTraceAndMeasurementsWithoutANetwork() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let result = try Command.run(["patient", "one", "--model", "none", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let first = try #require(try text(ofPDF: folder + "/page.pdf").first)
      #expect(first.contains("No network was asked") && first.contains("Heart rate"))
    }
  }

  @Test func abstainsFromAFlatRecording() throws {
    try withTemporaryFolder { folder in
      try Self.record("flat", in: folder) { lead in
        if !["V5", "V6"].contains(lead.name) { for i in lead.samples.indices { lead.samples[i] = 0 } }
      }
      let result = try Command.run(["patient", "flat", "--output", "page", "--format", "results,pdf"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let pages = try text(ofPDF: folder + "/page.pdf")
      #expect(pages[0].contains("No interpretation"))
      let results = try String(contentsOfFile: folder + "/page.results.json", encoding: .utf8)
      #expect(!results.contains("AFIB\",\"name\""), "no probability is given")
      #expect(!pages.joined().contains("at or above its threshold of"))
    }
  }

  @Test func computesLeadsThatWereNotRecorded() throws {
    try withTemporaryFolder { folder in
      try Self.record("eight", in: folder, leads: ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"])
      let result = try Command.run(["patient", "eight", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let first = try #require(try text(ofPDF: folder + "/page.pdf").first)
      #expect(first.contains("computed: III") || first.contains("computed: aVF"))
      #expect(!first.contains("No interpretation"))
    }
  }

  @Test func abstainsWhereALeadIsMissing() throws {
    try withTemporaryFolder { folder in
      try Self.record("four", in: folder, leads: ["I", "II", "V1", "V5"])
      let result = try Command.run(["patient", "four", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let first = try #require(try text(ofPDF: folder + "/page.pdf").first)
      #expect(first.contains("No interpretation") && first.contains("V2"))
    }
  }

  @Test func keepsTheMachinesReadingBesideASignature() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let result = try Command.run(
        ["patient", "one", "--output", "page", "--confirmed-by", "Dr. A. Muster", "--confirmed-on", "2026-11-20", "--statements", "AFIB"],
        in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let pages = try text(ofPDF: folder + "/page.pdf")
      #expect(pages[0].contains("confirmed by Dr. A. Muster, 2026-11-20"))
      for page in pages { #expect(page.contains("Not a medical device")) }
      #expect(pages[0].contains("Physician's reading: Atrial fibrillation"))
      #expect(pages[0].contains("machine's") && pages[0].contains("Sensitivity"))
      let wrong = try Command.run(["patient", "one", "--output", "other", "--confirmed-by", "Dr. A. Muster"], in: folder)
      #expect(wrong.status == 2 && wrong.errors.contains("confirmed-on"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/other.pdf"))
    }
  }

  /// What a page in German says of itself, its figures' descriptions and its tables included, is German.
  @Test func speaksGermanThroughout() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let result = try Command.run(["patient", "one", "--language", "de-AT", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let pages = try text(ofPDF: folder + "/page.pdf")
      #expect(pages[0].contains("Seite") && pages[0].contains("25 mm/s") && pages[0].contains("aVR"), "the trace stands there too")
      var html = try String(contentsOfFile: folder + "/page.html", encoding: .utf8)
      html = html.replacing(/<script[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>|data:[a-z\/]+;base64,[A-Za-z0-9+\/=]+/, with: "")
      // Only what is said: no tags, no column of data by its name.
      let named = html.matches(of: /(?:aria-label|aria-description)="([^"]*)"/).map { String($0.1) }
      let said = ([html.replacing(/<th scope="col">[a-z0-9_]+<\/th>/, with: "").replacing(/<[^>]*>/, with: " ")] + named).joined(separator: " ")
      for words in [pages.joined(separator: " "), said] {
        let lowered = words.lowercased()
        for word in ["the", "of", "with", "undefined", "sampling", "beats", "none", "from", "lower", "page", "skip", "download"] {
          let found = lowered.firstRange(of: try Regex("\\b\(word)\\b"))
          #expect(found == nil, "\(word): \(found.map { words.around($0.lowerBound, lowered) } ?? "")")
        }
        #expect(words.firstMatch(of: /[0-9]\.[0-9]+\u{A0}?(s|mV|ms)\b/) == nil, "decimals have a comma")
      }
    }
  }

  @Test func namesTheLanguagesThatThereAre() throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let result = try Command.run(["patient", "one", "--language", "fr", "--output", "page"], in: folder)
      #expect(result.status == 2 && result.errors.contains("expected one of de, en"), "\(result.errors)")
    }
  }

  @Test func comparesWithAnEarlierRecording() throws {
    try withTemporaryFolder { folder in
      try Self.record("now", in: folder)
      try Self.record("before", in: folder) { lead in for i in lead.samples.indices { lead.samples[i] *= 0.5 } }
      let result = try Command.run(["patient", "now", "--previous", "before", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      #expect(try text(ofPDF: folder + "/page.pdf").joined().contains("Earlier recordings"))
      let alone = try Command.run(["patient", "now", "--previous", "before", "--model", "none", "--output", "alone"], in: folder)
      try #require(alone.status == 0, "\(alone.errors)")
      let words = try text(ofPDF: folder + "/alone.pdf").joined()
      #expect(words.contains("Earlier recordings") && !words.contains("Where in the trace") && !words.contains("Probabilit"))
    }
  }

  @Test(arguments: [
    (["patient", "missing"], "missing"), (["patient", "one", "--gain", "7"], "gain"), (["patient", "one", "--model", "zzz"], "no model 'zzz'"),
    (["patient", "one", "--confirmed-by", "A", "--confirmed-on", "yesterday"], "no date"), (["measure", "missing"], "missing"),
    (["patient", "one", "--previous", "nothing"], "nothing"),
  ])
  func refusesWhatIsWrongWithAReason(arguments: [String], reason: String) throws {
    try withTemporaryFolder { folder in
      try Self.record("one", in: folder)
      let before = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
      let result = try Command.run(arguments, in: folder)
      #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
      #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == before, "nothing is written")
    }
  }

  @Test func measuresMinutesAndPicksTheWorstTenSeconds() throws {
    try withTemporaryFolder { folder in
      try Self.record("ten", in: folder)
      let ten = try Record(path: folder + "/ten")
      let leads = ten.leads.map { lead in
        WFDB.Lead(name: lead.name, units: lead.units, samples: (0..<36).flatMap { _ in lead.samples })
      }
      try EncodedRecord(name: "long", samplingFrequency: 500, leads: leads, comments: []).write(to: folder)
      let result = try Command.run(["patient", "long", "--model", "none", "--output", "page"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let pages = try text(ofPDF: folder + "/page.pdf")
      #expect(pages.joined().contains("The worst ten seconds") && pages.joined().contains("a minute to a line"))
      #expect(!pages.joined().contains("Where in the trace") && !pages.joined().contains("Probability"))
      let measured = try Command.run(["measure", "long", "--json"], in: folder)
      let object = try #require(try JSONSerialization.jsonObject(with: Data(measured.output.utf8)) as? [String: Any])
      #expect(object["seconds"] as? Double == 360 && object["episodes"] is [Any])
    }
  }
}

extension String {
  /// What stands around a place of the same text in lower case.
  fileprivate func around(_ place: String.Index, _ lowered: String) -> String {
    let offset = lowered.distance(from: lowered.startIndex, to: place)
    return String(dropFirst(max(0, offset - 40)).prefix(90))
  }
}

extension [(x: Double, y: Double)] {
  /// Flat, up, flat, down, flat: a calibration pulse.
  fileprivate var isPulse: Bool {
    abs(self[0].y - self[1].y) < 1e-6 && abs(self[1].x - self[2].x) < 1e-6 && abs(self[2].y - self[3].y) < 1e-6
      && abs(self[3].x - self[4].x) < 1e-6 && abs(self[4].y - self[5].y) < 1e-6 && self[2].y < self[1].y
  }
}
