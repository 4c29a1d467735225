import Foundation
import TestSupport
import Testing
import WFDB

struct AnnotationTests {
  /// By hand from annot(5): 24 << 10 is 0x6000, 1 << 10 is 0x0400.
  @Test func readsCodesTimesAndTheFieldsOfAnAnnotation() throws {
    let bytes: [UInt8] = [
      0x0A, 0x9C,  // ( at 10
      0x05, 0x60, 0x01, 0xF0, 0x02, 0xF8,  // p at 15, number 1, channel 2: both from here on
      0x00, 0xEC, 0x01, 0x00, 0x00, 0x80,  // SKIP 0x0001_8000
      0x03, 0x70, 0xFF, 0xF5, 0x03, 0xFC, 0x28, 0x4E, 0x00, 0x00,  // + 3 later, subtype -1, three bytes of text
      0x00, 0xEC, 0xFF, 0xFF, 0xFF, 0xFF,  // SKIP -1
      0x01, 0x04, 0xFE, 0xF0,  // N at the same time, number -2
      0x00, 0x00,
    ]
    let annotations = try Annotations(parsing: bytes)
    var rhythm = Annotation(sample: 98_322, code: .rhythm, subtype: -1, channel: 2, number: 1)
    rhythm.auxiliary = [0x28, 0x4E, 0]
    #expect(
      annotations.list == [
        Annotation(sample: 10, code: .waveOnset), Annotation(sample: 15, code: .pWave, channel: 2, number: 1), rhythm,
        Annotation(sample: 98_322, code: .normal, channel: 2, number: -2),
      ])
    #expect(annotations.list[2].text == "(N")
    #expect(annotations.warnings.isEmpty && annotations.timeResolution == nil)
    #expect(annotations.list.map { annotations.symbol(of: $0.code) } == ["(", "p", "+", "N"])
    #expect(annotations.list.map(\.code.isBeat) == [false, false, false, true])
  }

  @Test func takesDefinitionsFromNotesAtTheBeginningAndKeepsOtherNotes() throws {
    var annotations = Annotations(
      [
        Annotation(sample: 0, code: .note, text: "by hand"),
        Annotation(sample: 7, code: .note, text: "## time resolution: 3"),
        Annotation(sample: 2000, code: try #require(AnnotationCode(rawValue: 42))),
      ],
      timeResolution: 999.5,
      definitions: [.init(code: try #require(AnnotationCode(rawValue: 42)), symbol: "µ", meaning: "own kind")])
    let read = try Annotations(parsing: Array(annotations.encoded()))
    #expect(read == annotations)
    #expect(read.symbol(of: read.list[2].code) == "µ" && read.list[2].code.symbol == "[42]")
    #expect(read.frames(at: 1999).map(\.sample) == [0, 14, 4000])
    annotations.timeResolution = nil
    #expect(annotations.frames(at: 500) == annotations.list)
  }

  /// What `getann` of the WFDB library skips: code 0 with a time that is not 0 ends a table of definitions.
  @Test func leavesOutWhatIsNoAnnotation() throws {
    let read = try Annotations(parsing: [0x01, 0x00, 0x05, 0xF8, 0x02, 0x04, 0x00, 0x00])
    #expect(read.list == [Annotation(sample: 3, code: .normal, channel: 5)])
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func readsBackWhatItWrote(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var time = Int.random(in: -5...5, using: &generator)
    let list = (0..<200).map { _ in
      time += [0, 1, 1023, 1024, 70_000, -3, 0x7FFF_FFFF, 0x1_0000_0000].randomElement(using: &generator) ?? 0
      var annotation = Annotation(
        sample: time, code: AnnotationCode(rawValue: .random(in: 1...49, using: &generator)) ?? .normal,
        subtype: .random(in: -2...2, using: &generator), channel: .random(in: 0...2, using: &generator),
        number: .random(in: -1...1, using: &generator))
      annotation.auxiliary = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
        .random(in: 0...255, using: &generator)
      }
      return annotation
    }
    try withTemporaryFolder { folder in
      let path = folder + "/r.ii"
      try Annotations(list).write(to: path)
      let read = try Annotations(path: path)
      #expect(read.list == list)
      #expect(read.warnings.map(\.reason) == ["the annotations are not in the order of time"])
    }
  }

  /// LUDB's form: `(`, `p`, `)` and nothing more, two bytes each.
  @Test func writesBoundariesAndPeaksAsLUDBDoes() throws {
    let codes = try ["(", "p", ")", "(", "N", ")", "t"].map { try #require(AnnotationCode(symbol: $0)) }
    let bytes = try Annotations(codes.enumerated().map { Annotation(sample: 10 * $0.offset + 10, code: $0.element) })
      .encoded()
    #expect(
      Array(bytes) == [
        0x0A, 0x9C, 0x0A, 0x60, 0x0A, 0xA0, 0x0A, 0x9C, 0x0A, 0x04, 0x0A, 0xA0, 0x0A, 0x6C, 0, 0,
      ])
    #expect(AnnotationCode(symbol: "nothing") == nil && AnnotationCode(rawValue: 50) == nil)
  }

  @Test(arguments: [
    ([0x0A, 0x04], ["byte 2: the file ends without its end mark, two zero bytes; it may be cut off"]),
    ([0x0A, 0x04, 0x01], ["byte 2: the file ends without its end mark, two zero bytes; it may be cut off"]),
    ([0x0A, 0x04, 0, 0, 1, 2, 3], ["byte 4: 3 bytes follow the end mark; they are not read"]),
    ([], ["byte 0: the file ends without its end mark, two zero bytes; it may be cut off"]),
  ])
  func warnsOfAFileThatEndsOddly(bytes: [UInt8], warnings: [String]) throws {
    let read = try Annotations(parsing: bytes)
    #expect(read.warnings.map(\.description) == warnings)
    #expect(read.list.count == (bytes.isEmpty ? 0 : 1))
  }

  @Test func warnsOfADefinitionThatIsNone() throws {
    let notes = ["## time resolution: -5", "## annotation type definitions", "50 x no", "## end of definitions"]
    let encoded = try Annotations(notes.map { Annotation(sample: 0, code: .note, text: $0) }).encoded()
    let read = try Annotations(parsing: Array(encoded))
    #expect(read.list.isEmpty && read.definitions.isEmpty)
    #expect(
      read.warnings.map(\.reason) == [
        "the time resolution is '-5'; expected a positive number of ticks per second",
        "the definition is '50 x no'; expected 'CODE SYMBOL MEANING' with a code of 1 to 49",
      ])
  }

  @Test(arguments: [
    ([0x00, 0xEC, 1, 0, 2], "byte 4: a SKIP field needs 4 bytes; the file has 1 left"),
    ([0x01, 0x04, 0x05, 0xFC, 0x41], "byte 4: a AUX field needs 5 bytes; the file has 1 left"),
    ([0x01, 0x04, 0x00, 0xFD], "byte 2: a text has 256 bytes; 255 is the most"),
    ([0x01, 0x04, 0x00, 0xC8], "byte 2: the code is 50; expected 0 to 49 or 59 to 63"),
    (
      [0, 0x4E] + [UInt8](repeating: 0, count: 14),
      "byte 0: this is an annotation file in AHA format; expected MIT format"
    ),
  ])
  func refusesWhatIsNoAnnotationFile(bytes: [UInt8], message: String) {
    #expect { try Annotations(parsing: bytes) } throws: { "\($0)" == message }
  }

  @Test func refusesToWriteWhatHasNoPlace() {
    var long = Annotation(sample: 1, code: .note)
    long.auxiliary = [UInt8](repeating: 65, count: 256)
    for (annotations, problem) in [
      (Annotations([long]), "annotation 0: its text has 256 bytes; 255 is the most"),
      (
        Annotations([Annotation(sample: .max, code: .note)]),
        "annotation 0: its time, 9223372036854775807, is too far from the one before"
      ),
      (
        Annotations([Annotation(sample: .min, code: .note), Annotation(sample: .max, code: .note)]),
        "annotation 0: its time, -9223372036854775808, is too far from the one before"
      ),
      (Annotations([], timeResolution: 0), "the time resolution is 0.0; it must be a positive number"),
    ] {
      #expect { try annotations.encoded(name: "r.atr") } throws: { "\($0)" == "r.atr: cannot be written: \(problem)" }
    }
    #expect { try Annotations(path: "/nowhere/1.ii") } throws: {
      "\($0)" == "/nowhere/1.ii: cannot open: No such file or directory"
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func neverTrapsOnAnyBytes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { index -> UInt8 in
        index % 2 == 1 && Bool.random(using: &generator)
          ? [0xEC, 0xF0, 0xF4, 0xF8, 0xFC, 0x58, 0].randomElement(using: &generator) ?? 0
          : .random(in: 0...255, using: &generator)
      }
      do { _ = try Annotations(parsing: bytes).frames(at: 100) } catch { #expect(error.byte <= bytes.count) }
    }
  }
}

/// What wfdb-python reads from real annotation files, against what we read; `Expectations/make_annotations.py` made it.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
struct ExpectedAnnotationsTests {
  @Test(arguments: Expected.stored.files.keys.filter { $0.hasPrefix("wfdb") }.sorted())
  func readsWhatWfdbPythonReads(name: String) throws { try check(name, at: SharedData.path(name)) }

  @Test func readsTheBoundariesOfQTDatabase() throws {
    try withArchive("qtdb-16") { folder in
      for name in Expected.stored.files.keys.sorted() where name.hasPrefix("qtdb") {
        try check(name, at: folder + "/" + name)
      }
    }
  }

  @Test func readsAndWritesTheBoundariesOfLUDB() throws {
    try #require(Expected.stored.ludb.count == 100)
    try withArchive("ludb-1-100") { folder in
      for name in Expected.stored.files.keys.sorted() where name.hasPrefix("ludb") {
        try check(name, at: folder + "/" + name)
      }
      for (record, digest) in Expected.stored.ludb.sorted(by: { $0.key < $1.key }) {
        var text = ""
        for lead in ["i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6"] {
          let path = "\(folder)/ludb/data/\(record).\(lead)"
          let annotations = try Annotations(path: path)
          text += lines(of: annotations).joined()
          #expect(try annotations.encoded() == FileManager.default.contents(atPath: path), "\(record).\(lead)")
        }
        #expect(fnv(text) == digest, "record \(record)")
      }
    }
  }

  private func check(_ name: String, at path: String) throws {
    let expected = try #require(Expected.stored.files[name])
    let annotations = try Annotations(path: path)
    let lines = lines(of: annotations)
    #expect(lines.count == expected.count, "\(name)")
    #expect(
      lines.prefix(3).map { String($0.dropLast()).trimmingCharacters(in: .whitespaces) } == expected.first, "\(name)")
    #expect(lines.last?.trimmingCharacters(in: .whitespacesAndNewlines) == expected.last, "\(name)")
    #expect(fnv(lines.joined()) == expected.digest, "\(name)")
    let kept = annotations.list.filter { !($0.sample == 0 && $0.code == .note) }
    #expect(
      Dictionary(kept.map { (annotations.symbol(of: $0.code), 1) }, uniquingKeysWith: +) == expected.symbols, "\(name)")
    #expect(try Annotations(parsing: Array(annotations.encoded())) == annotations, "\(name)")
  }

  /// A line per annotation, as `make_annotations.py` writes it.
  private func lines(of annotations: Annotations) -> [String] {
    annotations.list.filter { !($0.sample == 0 && $0.code == .note) }.map { annotation in
      let text = annotation.auxiliary.map { String(format: "%02x", $0) }.joined()
      return "\(annotation.sample) \(annotation.code.rawValue) \(annotation.subtype) \(annotation.channel) "
        + "\(annotation.number) \(text)\n"
    }
  }

  private func fnv(_ text: String) -> String {
    String(
      format: "%016lx",
      text.utf8.reduce(0xCBF2_9CE4_8422_2325) { (hash: UInt, byte) in (hash ^ UInt(byte)) &* 0x100_0000_01B3 })
  }

  private func withArchive(_ name: String, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let tar = Process()
      tar.executableURL = URL(filePath: "/usr/bin/env")
      tar.arguments = ["tar", "xf", SharedData.path("waves/\(name).tar.xz"), "-C", folder]
      try tar.run()
      tar.waitUntilExit()
      try #require(tar.terminationStatus == 0)
      try body(folder)
    }
  }
}

private struct Expected: Decodable {
  struct File: Decodable {
    var count: Int
    var digest: String
    var first: [String]
    var last: String
    var symbols: [String: Int]
  }
  var files: [String: File]
  var ludb: [String: String]

  static let stored: Expected = {
    let path = SharedData.root + "/Tests/WFDBTests/Expectations/annotations.json"
    let none = Expected(files: [:], ludb: [:])
    guard let data = FileManager.default.contents(atPath: path) else { return none }
    return (try? JSONDecoder().decode(Expected.self, from: data)) ?? none
  }()
}
