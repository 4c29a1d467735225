import Foundation
import TestSupport
import Testing
import WFDB

/// What wfdb-python 4.3 reads from real records (`rdrecord` with its defaults), against what we read.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
struct ExpectedRecordsTests {
  @Test(arguments: Expected.readable) func readsWhatWfdbPythonReads(name: String) throws {
    let expected = try #require(Expected.all[name])
    let summary = try Record(path: SharedData.path(name)).summary
    #expect(summary.samplingRate == expected.samplingRate)
    #expect(summary.samples == expected.samples)
    #expect(summary.formats == expected.formats)
    #expect(summary.comments == expected.comments)
    #expect(summary.leads.count == expected.leads.count)
    for (found, lead) in zip(summary.leads, expected.leads) {
      #expect(found.name == lead.name)
      #expect(found.units == lead.units)
      #expect(found.missing == lead.missing)
      for (value, reference) in [
        (found.first, lead.first), (found.last, lead.last), (found.min, lead.min), (found.max, lead.max),
        (found.mean, lead.mean),
      ] {
        #expect(isClose(value, reference), "\(lead.name): \(value as Any) against \(reference as Any)")
      }
    }
  }

  @Test func coversTheFormatsThatTheReaderSupports() {
    let read = Set(Expected.readable.compactMap { Expected.all[$0]?.formats }.joined())
    #expect(read == ["16", "212", "80"])
    #expect(Expected.readable.count == 147)
  }

  /// Record by record: where the sample data's own checksums or initial values are wrong.
  @Test(arguments: Expected.readable) func warnsOnlyWhereTheHeaderIsWrong(name: String) throws {
    let record = try Record(path: SharedData.path(name))
    #expect(record.warnings.map(\.description) == knownWarnings[name, default: []])
  }

  /// Formats 24 and 32 come in a record that has formats of a later version too: read with the header cut down.
  @Test(arguments: [1, 3, 5, 8, 9]) func readsEachSignalOfTheRecordOfAllFormats(index: Int) throws {
    let expected = try #require(Expected.all["wfdb/binformats"]).leads[index]
    let lines = try String(contentsOfFile: SharedData.path("wfdb/binformats.hea"), encoding: .utf8)
      .split(whereSeparator: \.isNewline)
    try #require(lines.count == 11)
    try withTemporaryFolder { folder in
      try "one 1 200 499\n\(lines[index + 1])\n".write(
        toFile: folder + "/one.hea", atomically: true, encoding: .utf8)
      try FileManager.default.copyItem(
        atPath: SharedData.path("wfdb/binformats.d\(index)"), toPath: folder + "/binformats.d\(index)")
      let record = try Record(path: folder + "/one")
      let lead = try #require(record.summary.leads.first)
      #expect(lead.name == expected.name)
      #expect(lead.missing == expected.missing)
      #expect(isClose(lead.first, expected.first) && isClose(lead.last, expected.last))
      #expect(isClose(lead.min, expected.min) && isClose(lead.max, expected.max))
      #expect(isClose(lead.mean, expected.mean))
      #expect(record.warnings.isEmpty)
    }
  }

  @Test func namesTheFormatThatItCannotRead() throws {
    #expect {
      try Record(path: SharedData.path("wfdb/310derive"))
    } throws: { error in
      "\(error)".hasSuffix(
        "310derive.hea: line 2: signal format 310 is not supported; supported are 16, 212, 80, 24, 32")
    }
  }
}

/// Found in the sample data by comparing each header with its file; wfdb-python does not verify.
private let knownWarnings: [String: [String]] = [
  // Its header was made from test01_00s.hea by cutting out a signal, whose initial value stayed.
  "wfdb/test01_00s_frame": ["line 4: signal ECG_3: the first sample is -66; the header says -57"],
  "wfdb/test01_00s_skewframe": ["line 4: signal ECG_3: the first sample is -66; the header says -57"],
  "wfdb/multi-segment/041s/041s02": ["line 3: signal I: in 1 of 1000 frames some samples are missing; their mean is false"],
  "wfdb/multi-segment/041s/041s": [
    "line 3: segment 041s02, line 3: signal I: in 1 of 1000 frames some samples are missing; their mean is false"
  ],
]

/// Equal to 1e-9, relative above 1; nil equals nil.
private func isClose(_ a: Double?, _ b: Double?) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return abs(a - b) <= 1e-9 * max(1, abs(b))
}

private struct Expected: Decodable {
  struct Lead: Decodable {
    var name, units: String
    var missing: Int
    var first, last, min, max, mean: Double?
  }
  var samplingRate: Double
  var samples: Int
  var formats: [String]?
  var comments: [String]
  var leads: [Lead]

  static let all: [String: Expected] = {
    guard let data = FileManager.default.contents(atPath: SharedData.path("wfdb/expected.json")) else { return [:] }
    return (try? JSONDecoder().decode([String: Expected].self, from: data)) ?? [:]
  }()

  /// Those whose formats are all supported, and fixed-layout multi-segment records.
  static let readable = all.filter { _, record in
    record.formats?.allSatisfy { Int($0).flatMap(SignalFormat.init) != nil } ?? true
  }.keys.sorted()
}
