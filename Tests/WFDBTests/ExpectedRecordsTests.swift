import Foundation
import TestSupport
import Testing
import WFDB

/// What wfdb-python 4.3 reads from real records (`rdrecord` with its defaults), against what we read.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
struct ExpectedRecordsTests {
  @Test(arguments: Expected.names) func readsWhatWfdbPythonReads(name: String) throws {
    let expected = try #require(Expected.all[name])
    let summary = try Record.Summary(path: SharedData.path(name))  // as `ecgbook record` prints it
    #expect(try Record(path: SharedData.path(name)).summary == summary)
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

  @Test func coversEveryFormatThatTheReaderSupports() {
    let read = Set(Expected.all.values.compactMap(\.formats).joined())
    #expect(read == Set(SignalFormat.allCases.map { "\($0.rawValue)" }))
    #expect(Expected.names.count == 154)
  }

  /// Record by record: where the sample data's own checksums or initial values are wrong.
  @Test(arguments: Expected.names) func warnsOnlyWhereTheHeaderIsWrong(name: String) throws {
    let record = try Record(path: SharedData.path(name))
    #expect(record.warnings.map(\.description) == knownWarnings[name, default: []])
  }
}

/// Found in the sample data by comparing each header with its file; wfdb-python does not verify.
private let knownWarnings: [String: [String]] = [
  "wfdb/100-no-len": ["line 2: the record line has no number of samples; the signal files hold 650000"],
  "wfdb/a103l-no-len": ["line 1: the record line has no number of samples; the signal files hold 82500"],
  "wfdb/mixedsignals": [(2, "II"), (3, "III"), (4, "V"), (5, "ABP")].map {
    "line \($0): signal \($1): the first sample is -32768; the header says 0"
  },
  // Its header was made from test01_00s.hea by cutting out a signal, whose initial value stayed.
  "wfdb/test01_00s_frame": ["line 4: signal ECG_3: the first sample is -66; the header says -57"],
  "wfdb/test01_00s_skewframe": ["line 4: signal ECG_3: the first sample is -66; the header says -57"],
  "wfdb/multi-segment/041s/041s02": [
    "line 3: signal I: in 1 of 1000 frames some samples are missing; their mean is false"
  ],
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

  static let names = all.keys.sorted()
}
