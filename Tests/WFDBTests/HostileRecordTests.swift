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
        let (header, signals) = sample(round % 5)
        let damaged = damage(header, signals, using: &generator)
        try damaged.header.write(to: URL(filePath: folder + "/r.hea"))
        if let signals = damaged.signals {
          try signals.write(to: URL(filePath: folder + "/r.dat"))
        } else {
          try? FileManager.default.removeItem(atPath: folder + "/r.dat")
        }
        do {
          let record = try Record(path: folder + "/r")
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

  /// A record of 20 frames in each format.
  private func sample(_ kind: Int) -> (header: Data, signals: Data) {
    let (format, byteCount) = [("16", 80), ("212", 60), ("80x2:1", 60), ("24+4", 124), ("32", 160)][kind]
    let second = format == "80x2:1" ? "80" : format
    let header = """
      # Age: 56
      r 2 100/50(0) 20 10:00:00 01/01/2000
      r.dat \(format) 200(-3)/mV 16 0 0 0 0 I
      r.dat \(second) 1.5e2/mV 16 0 0 0 0 II

      """
    return (Data(header.utf8), Data((0..<byteCount).map { UInt8($0 * 37 % 256) }))
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
