import Foundation
import TestSupport
import Testing
import WFDB

struct WritingTests {
  private let leads = [
    Lead(name: "I", units: "mV", samples: [0.001, -0.002, .nan]), Lead(name: "II", units: "mV", samples: [1, 2, 3]),
  ]

  /// By hand: 1 - 2 - 32768 is -32769, which is 32767 modulo 2¹⁶.
  @Test func writesTheHeaderAsPTBXLDoes() throws {
    let encoded = try EncodedRecord(
      name: "00001_hr", samplingFrequency: 500, leads: leads, comments: ["made up"])
    #expect(
      String(decoding: encoded.header, as: UTF8.self) == """
        00001_hr 2 500 3
        00001_hr.dat 16 1000.0(0)/mV 16 0 1 32767 0 I
        00001_hr.dat 16 1000.0(0)/mV 16 0 1000 6000 0 II
        # made up

        """)
    #expect(Array(encoded.signals) == [0x01, 0, 0xE8, 0x03, 0xFE, 0xFF, 0xD0, 0x07, 0x00, 0x80, 0xB8, 0x0B])
  }

  @Test func writesAGainOfEachLeadInMoreBitsWithTheStart() throws {
    let encoded = try EncodedRecord(
      name: "r", samplingFrequency: 62.5, leads: leads, gains: [1000, 1_000_000], format: .bits24,
      start: Header.Start(year: 2020, month: 2, day: 5, hour: 10, minute: 4, second: 5.5))
    // 3 million is 0x2DC6C0; the sums are modulo 2¹⁶: the missing sample, -2²³, is 0 there.
    #expect(
      String(decoding: encoded.header, as: UTF8.self) == """
        r 2 62.5 3 10:04:05.500 05/02/2020
        r.dat 24 1000.0(0)/mV 24 0 1 65535 0 I
        r.dat 24 1000000.0(0)/mV 24 0 1000000 36224 0 II

        """)
    #expect(Array(encoded.signals.suffix(6)) == [0, 0, 0x80, 0xC0, 0xC6, 0x2D])
    try withTemporaryFolder { folder in
      try encoded.write(to: folder)
      let record = try Record(path: folder + "/r")
      #expect(record.warnings.isEmpty && record.leads[1].samples == [1, 2, 3] && record.header.start.second == 5.5)
      #expect(record.leads[0].samples.prefix(2) == [0.001, -0.002] && record.leads[0].samples[2].isNaN)
    }
    #expect(throws: RecordError.self) {
      try EncodedRecord(name: "r", samplingFrequency: 1, leads: leads, gains: [1, 1], format: .pairs212)
    }
    #expect(throws: RecordError.self) { try EncodedRecord(name: "r", samplingFrequency: 1, leads: leads, gains: [1]) }
  }

  @Test func readsBackWhatItWrote() throws {
    try withTemporaryFolder { folder in
      try EncodedRecord(name: "r", samplingFrequency: 62.5, leads: leads, gain: 1000).write(to: folder)
      let record = try Record(path: folder + "/r")
      #expect(record.samplingFrequency == 62.5)
      #expect(record.warnings.isEmpty)
      #expect(record.leads.map(\.name) == ["I", "II"])
      #expect(record.leads[0].samples.prefix(2) == [0.001, -0.002] && record.leads[0].samples[2].isNaN)
      #expect(record.leads[1].samples == [1, 2, 3])
      try record.write(to: folder)
      #expect(try Record(path: folder + "/r").header == record.header)
    }
  }

  @Test(arguments: [
    ("a b", "mV", 0.0, "a record's name has only letters, digits, '_' and '-'"),
    ("r", "mV", 32.768, "lead I, sample 0: 32.768 mV does not fit 16 bits at gain 1000.0"),
    ("r", "mV", -32.768, "lead I, sample 0: -32.768 mV does not fit 16 bits at gain 1000.0"),
    ("r", "mV", .infinity, "lead I, sample 0: inf mV does not fit 16 bits at gain 1000.0"),
    ("r", "m V", 0.0, "lead 'I' in 'm V': a name is one line, units are one word"),
  ])
  func refusesWhatAHeaderCannotSay(name: String, units: String, value: Double, problem: String) {
    #expect {
      try EncodedRecord(name: name, samplingFrequency: 500, leads: [Lead(name: "I", units: units, samples: [value])])
    } throws: { "\($0)" == "\(name): cannot be written: \(problem)" }
  }

  @Test func leavesNothingBehindWhenTheFolderIsNotThere() throws {
    let encoded = try EncodedRecord(name: "r", samplingFrequency: 500, leads: leads)
    #expect(throws: RecordError.self) { try encoded.write(to: "/nowhere") }
  }
}
