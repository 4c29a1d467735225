import Foundation
import TestSupport
import Testing
import WFDB

/// Files that someone, or a bad disk, made wrong: each is a ``RecordError`` or a record that is consistent in itself.
struct HostileRecordTests {
  @Test(arguments: 0..<40 as Range<UInt64>) func neverTrapsOnADamagedRecord(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    try withTemporaryFolder { folder in
      for round in 0..<10 {
        let (header, signals) = sample(round + 10 * Int(seed % 2))
        let damaged = damage(header, signals, using: &generator)
        try damaged.header.write(to: URL(filePath: folder + "/r.hea"))
        if let signals = damaged.signals {
          try signals.write(to: URL(filePath: folder + "/r.dat"))
        } else {
          try? FileManager.default.removeItem(atPath: folder + "/r.dat")
        }
        do {
          let record = try Record(path: folder + "/r", maximumSamples: 1 << 20)
          #expect(record.leads.allSatisfy { $0.samples.count == record.sampleCount })
          _ = record.summary
        } catch let error as RecordError {
          #expect(error.description.hasPrefix(folder), "says where: \(error)")
        }
        var reader = LeadReader(leads: ["I"], sampleCount: 20, samplingFrequency: 100)
        var samples = [Float](repeating: 0, count: 20)
        do {
          _ = try samples.withUnsafeMutableBufferPointer { try reader.read(folder + "/r", into: $0) }
        } catch is RecordError {}
      }
    }
  }

  /// A record of 20 frames in each format; of FLAC, what pretends to be one.
  private func sample(_ kind: Int) -> (header: Data, signals: Data) {
    let formats = [
      "16", "212", "80x2:1", "24+4", "32", "8", "61", "160:3", "310", "311x2", "508", "516", "524x2",
    ]
    let format = formats[kind % formats.count]
    let byteCounts = [80, 60, 60, 124, 160, 40, 80, 80, 54, 80, 60, 60, 60]
    let second = ["80x2:1": "80", "160:3": "160", "311x2": "311"][format] ?? format
    let header = """
      # Age: 56
      r 2 100/50(0) 20 10:00:00 01/01/2000
      r.dat \(format) 200(-3)/mV 16 0 0 0 0 I
      r.dat \(second) 1.5e2/mV 16 0 0 0 0 II

      """
    let bytes = (0..<byteCounts[kind % formats.count]).map { UInt8($0 * 37 % 256) }
    // STREAMINFO: 16 samples a block, two channels of 8 bits, 20 samples in all
    let head: [UInt8] = [
      0x66, 0x4C, 0x61, 0x43, 0x80, 0, 0, 34, 0, 16, 0, 16, 0, 0, 0, 0, 0, 0, 0x0A, 0xC4, 0x42, 0x70, 0, 0, 0, 20,
    ]
    return (Data(header.utf8), Data(format.hasPrefix("5") ? head + [UInt8](repeating: 0, count: 16) + bytes : bytes))
  }

  /// A header of segments that has any of a damaged header's faults.
  @Test(arguments: 0..<10 as Range<UInt64>) func neverTrapsOnDamagedSegments(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    try withTemporaryFolder { folder in
      for round in 0..<20 {
        let (header, signals) = sample(round)
        try Data(String(decoding: header, as: UTF8.self).replacing("r 2 ", with: "s 2 ").utf8).write(
          to: URL(filePath: folder + "/s.hea"))
        try signals.write(to: URL(filePath: folder + "/r.dat"))
        let layout = "l 3 100/50(0)\n~ 0 1/uV 0 0 0 0 0 II\n~ 0 1/mV 0 0 0 0 0 I\n~ 0 1/mV 0 0 0 0 0 V\n"
        try Data(layout.utf8).write(to: URL(filePath: folder + "/l.hea"))
        let whole = Data("r/4 3 100/50(0) 47 10:00:00 01/01/2000\nl 0\n~ 7\ns 20\ns 20\n".utf8)
        try damage(whole, Data(), using: &generator).header.write(to: URL(filePath: folder + "/r.hea"))
        do {
          let stream = try RecordStream(path: folder + "/r")
          if stream.sampleCount > 2 { _ = try stream.read(stream.sampleCount / 2..<stream.sampleCount / 2 + 1) }
          let record = try Record(path: folder + "/r", maximumSamples: 1 << 16)
          #expect(record.leads.allSatisfy { $0.samples.count == record.sampleCount })
        } catch let error as RecordError {
          #expect(error.description.hasPrefix(folder), "says where: \(error)")
        }
      }
    }
  }

  private func damage(
    _ header: Data, _ signals: Data, using generator: inout SeededGenerator
  ) -> (header: Data, signals: Data?) {
    var (header, signals): (Data, Data?) = (header, signals)
    let kind = Int.random(in: 0..<8, using: &generator)
    let at = Int.random(in: 0..<header.count, using: &generator)
    switch kind {
    case 0: header = header.prefix(at)
    case 1: header[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: signals = signals?.prefix(Int.random(in: 0..<60, using: &generator))
    case 3: signals = nil
    case 4:  // a number becomes a huge one, a negative one, none, or a path
      var fields = String(decoding: header, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
      let values: [Substring] = [
        "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1e308", "nan", "0", "-1", "",
        "../../../etc/passwd", "16x9223372036854775807", "16:9223372036854775807", "16+9223372036854775807", "\u{0}",
      ]
      let field = Int.random(in: fields.indices, using: &generator)
      fields[field] = values[Int.random(in: values.indices, using: &generator)]
      header = Data(fields.joined(separator: " ").utf8)
    case 5: header.insert(contentsOf: (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }, at: at)
    case 6:  // a line twice, or lost
      var lines = String(decoding: header, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      let line = Int.random(in: lines.indices, using: &generator)
      if Bool.random(using: &generator) { lines.insert(lines[line], at: line) } else { lines.remove(at: line) }
      header = Data(lines.joined(separator: "\n").utf8)
    default: signals = Data((0..<500).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
    return (header, signals)
  }
}
