import Foundation
import TestSupport
import Testing
import WFDB

struct FLACTests {
  /// 60 samples of two channels of 16 bits in blocks of 16, made by `flac` 1.4.2 (`-8 -b 16 --lax`): sample i is
  /// i · 7 mod 100 - 50, and -i · 1000 mod 32768 - 300 (a remainder of 0 or more).
  private static let file =
    Data(
      base64Encoded: [
        "ZkxhQ4AAACIAEAAQAAAfAAAnAB9C8AAAADwsNb74yrhSwiw5RIHeMWVO//huGAAPADKKFP/O/9UIMPD1gggAnFX+1euwsH/+AAHh4eCp",
        "UP/4bpgBDwAyCxTfw3DdQgw8PaAI4kQBVQFTxsAP/8CKhv/4bhgCDwAyphL/5gE973ve973gAZ973hVAdX3sLB//gAB4eHhMx//4bpgD",
        "CwAyjBTeT3AjQghw7wDHZAqoap+2AH/gZGQ=",
      ].joined()) ?? Data()
  private static let channels: [[Int]] = [
    (0..<60).map { $0 * 7 % 100 - 50 }, (0..<60).map { (32_768 - $0 * 1000 % 32_768) % 32_768 - 300 },
  ]

  @Test(arguments: ["", " 60"]) func readsEveryChannel(length: String) throws {
    try withRecord("r 2 100\(length)\nr.dat 516 1\nr.dat 516 2(10)\n") { path in
      let record = try Record(path: path)
      #expect(record.leads[0].samples == Self.channels[0].map(Double.init))
      #expect(record.leads[1].samples == Self.channels[1].map { Double($0 - 10) / 2 })
    }
  }

  /// Three samples a frame, of which the first is the file's third; the offset counts samples, as in wfdb-python.
  @Test func readsFramesFromAnOffset() throws {
    let header = "r 2 100 19\nr.dat 516x3+2 1 0 0 0 0 0 I\nr.dat 516x3:4+2 1 0 0 0 0 0 II\n"
    try withRecord(header) { path in
      let means = Self.channels.map { channel in
        (0..<19).map { frame in Double(channel[frame * 3 + 2..<frame * 3 + 5].reduce(0, +) / 3) }
      }
      let stream = try RecordStream(path: path)
      for frames in [0..<19, 7..<8, 3..<12, 0..<1, 18..<19, 10..<19] {
        let leads = try stream.read(frames)
        #expect(leads[0].samples == Array(means[0][frames]))
        for (frame, value) in zip(frames, leads[1].samples) {
          #expect(frame + 4 < 19 ? value == means[1][frame + 4] : value.isNaN)
        }
      }
      var reader = LeadReader(leads: ["II", "I"], sampleCount: 19, samplingFrequency: 100)
      var samples = [Float](repeating: 0, count: 38)
      let missing = try samples.withUnsafeMutableBufferPointer { try reader.read(path, into: $0).missing }
      #expect(missing == 4 && samples.suffix(19) == means[0].map(Float.init)[...])
    }
  }

  /// The 36 bits that say how many samples there are may be 0: unknown.
  @Test func countsTheSamplesOfAFileThatDoesNotSay() throws {
    var file = Self.file
    file[21] &= 0xF0
    file.replaceSubrange(22..<26, with: [0, 0, 0, 0])
    try withRecord("r 2 100\nr.dat 516 1\nr.dat 516 1\n", file) { path in
      let stream = try RecordStream(path: path)
      #expect(stream.sampleCount == 60)
      #expect(try stream.read(50..<60)[0].samples == Self.channels[0].suffix(10).map(Double.init))
      #expect(try stream.read(0..<60)[0].samples == Self.channels[0].map(Double.init))
    }
  }

  @Test(arguments: [
    ("r 1 100 60\nr.dat 516\n", "it has 2 channels; the header names 1 signals in it"),
    ("r 2 100 60\nr.dat 508\nr.dat 508\n", "its samples have 16 bits; format 508 has at most 8"),
    ("r 2 100 61\nr.dat 516\nr.dat 516\n", "it has 60 frames; the header announces 61"),
  ])
  func refusesWhatTheHeaderSaysOtherwise(header: String, problem: String) throws {
    try withRecord(header) { path in
      #expect { try Record(path: path) } throws: { "\($0)" == "\(path).dat: cannot be decoded: \(problem)" }
    }
  }

  @Test(arguments: [
    (170..<171, "a block's checksum is wrong, after 48 samples a signal"),
    (44..<45, "a block's head is damaged, after 0 samples a signal"),
  ])
  func refusesDamagedBlocks(bytes: Range<Int>, problem: String) throws {
    var file = Self.file
    for byte in bytes { file[byte] ^= 0x55 }
    try withRecord("r 2 100\nr.dat 516\nr.dat 516\n", file) { path in
      #expect { try Record(path: path) } throws: { "\($0)".hasPrefix("\(path).dat: cannot be decoded: \(problem)") }
    }
  }

  @Test func refusesAFileThatEndsEarlyOrIsNoFLAC() throws {
    try withRecord("r 2 100\nr.dat 516\nr.dat 516\n", Self.file.prefix(120)) { path in
      #expect { try Record(path: path) } throws: { "\($0)".contains("r.dat: cannot be decoded: ") }
    }
    try withRecord("r 2 100\nr.dat 516\nr.dat 516\n", Data(repeating: 7, count: 300)) { path in
      #expect { try Record(path: path) } throws: { "\($0)".contains("r.dat: cannot be decoded: ") }
    }
    try withRecord("r 2 100\nr.dat 516\nr.dat 516x2\n") { path in
      #expect { try Record(path: path) } throws: {
        "\($0)" == "\(path).hea: line 3: the number of samples per frame is 2; "
          + "the signals before it in the same file have 1"
      }
    }
  }

  private func withRecord(_ header: String, _ file: Data = file, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try Data(header.utf8).write(to: URL(filePath: folder + "/r.hea"))
      try file.write(to: URL(filePath: folder + "/r.dat"))
      try body(folder + "/r")
    }
  }
}
