import Foundation
import TestSupport
import Testing
import WFDB

struct LeadReaderTests {
  @Test func readsLeadsByNameInTheOrderAskedForInMillivolts() throws {
    try withTemporaryFolder { folder in
      try EncodedRecord(
        name: "r", samplingFrequency: 100,
        leads: [
          Lead(name: "aVR", units: "uV", samples: [100, .nan]), Lead(name: "X", units: "mmHg", samples: [1, 1]),
          Lead(name: "I", units: "mV", samples: [0.25, -0.5]),
        ], gain: 10
      ).write(to: folder)
      var reader = LeadReader(leads: ["I", "AVR"], sampleCount: 2, samplingFrequency: 100)
      let (samples, outcome) = try read(&reader, folder + "/r", count: 4)
      #expect(samples.prefix(2) == [0.3, -0.5])  // 2.5 ADC units round to 3
      #expect(abs(samples[2] - 0.1) < 1e-6 && samples[3].isNaN)
      #expect(outcome.missing == 1)
      #expect(outcome.warnings.isEmpty)
    }
  }

  @Test func agreesWithTheRecordReader() throws {
    try withTemporaryFolder { folder in
      var generator = SeededGenerator(seed: 7)
      let leads = (0..<12).map { index in
        Lead(
          name: "L\(index)", units: "mV",
          samples: (0..<50).map { _ in Double(Int.random(in: -3000...3000, using: &generator)) / 1000 })
      }
      try EncodedRecord(name: "r", samplingFrequency: 100, leads: leads).write(to: folder)
      let record = try Record(path: folder + "/r")
      var reader = LeadReader(leads: leads.map(\.name).reversed(), sampleCount: 50, samplingFrequency: 100)
      let (samples, _) = try read(&reader, folder + "/r", count: 600)
      #expect(samples == record.leads.reversed().flatMap { $0.samples.map(Float.init) })
    }
  }

  @Test(arguments: [
    (["I", "V9"], 2, 100.0, "lead V9: the record has none of that name; it has I, P"),
    (["I"], 3, 100.0, "the number of samples is 2; expected 3"),
    (["I"], 2, 500.0, "the sampling frequency is 100.0 Hz; expected 500.0 Hz"),
    (["P"], 2, 100.0, "lead P: its units are 'mmHg'; expected mV, uV or V"),
    (["I", "i"], 2, 100.0, "lead i: asked for twice"),
  ])
  func saysWhatIsNotAsAsked(leads: [String], count: Int, frequency: Double, problem: String) throws {
    try withTemporaryFolder { folder in
      try EncodedRecord(
        name: "r", samplingFrequency: 100,
        leads: [Lead(name: "I", units: "mV", samples: [0, 0]), Lead(name: "P", units: "mmHg", samples: [1, 1])]
      ).write(to: folder)
      var reader = LeadReader(leads: leads, sampleCount: count, samplingFrequency: frequency)
      #expect {
        try read(&reader, folder + "/r", count: leads.count * count)
      } throws: { "\($0)" == "\(folder)/r.hea: \(problem)" }
    }
  }

  @Test func warnsOfAChangedByte() throws {
    try withTemporaryFolder { folder in
      try EncodedRecord(
        name: "r", samplingFrequency: 100, leads: [Lead(name: "I", units: "mV", samples: [1, 2])]
      ).write(to: folder)
      try Data([0xE8, 0x03, 0xD1, 0x07]).write(to: URL(filePath: folder + "/r.dat"))
      var reader = LeadReader(leads: ["I"], sampleCount: 2, samplingFrequency: 100)
      #expect(
        try read(&reader, folder + "/r", count: 2).1.warnings.map(\.description)
          == ["line 2: signal I: the checksum is 3001; the header says 3000"])
    }
  }

  private func read(
    _ reader: inout LeadReader, _ path: String, count: Int
  ) throws -> ([Float], LeadReader.Outcome) {
    var samples = [Float](repeating: -1, count: count)
    let outcome = try samples.withUnsafeMutableBufferPointer { try reader.read(path, into: $0) }
    return (samples, outcome)
  }
}
