import Foundation
import TestSupport
import Testing
import WFDB

struct RecordTests {
  /// Values by hand from signal(5), the missing one in each; two signals, or three samples for the odd count.
  @Test(arguments: [
    Stored(16, [0x01, 0x00, 0xFF, 0xFF, 0x00, 0x80, 0xFF, 0x7F], [1, -1, nil, 32767]),
    Stored(80, [0x80, 0x00, 0xFF, 0x01], [0, nil, 127, -127]),
    Stored(24, [0x01, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0xFF, 0xFF, 0x7F], [1, -1, nil, 8_388_607]),
    Stored(
      32, [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0x7F], [1, -1, nil, 2_147_483_647]),
    // 0x3E3 = 995, 0xFFF = -1; then 0x800, missing, and 0x7FF = 2047
    Stored(212, [0xE3, 0xF3, 0xFF, 0x00, 0x78, 0xFF], [995, -1, nil, 2047]),
    Stored(61, [0x00, 0x01, 0xFF, 0xFF, 0x80, 0x00, 0x7F, 0xFF], [1, -1, nil, 32767]),
    Stored(160, [0x01, 0x80, 0xFF, 0x7F, 0x00, 0x00, 0xFF, 0xFF], [1, -1, nil, 32767]),
    Stored(8, [0x05, 0xFF, 0x80, 0x7F], [5, 4, -124, 3]),  // no sample can be missing
    // 511, -1 and, in the two upper fives of bits, 0b10000_00001; then -512, missing, alone
    Stored(310, [0xFE, 0x0B, 0xFE, 0x87, 0x00, 0x04], [511, -1, -511, nil]),
    // From the lowest bit on: 0x1FF, 0x3FF, 0x201, and two bits that are not used; then 0x200, missing, alone
    Stored(311, [0xFF, 0xFD, 0x1F, 0x20, 0x00, 0x02], [511, -1, -511, nil]),
  ])
  func decodesAFormat(_ stored: Stored) throws {
    for count in [stored.values.count, stored.values.count - 1] {  // 212 has an odd count too
      try withTemporaryFolder { folder in
        try write("r 1 100 \(count)\nr.dat \(stored.format) 1\n", stored.bytes, in: folder)
        let samples = try #require(try Record(path: folder + "/r").leads.first).samples
        #expect(samples.map { $0.isNaN ? nil : $0 } == Array(stored.values.prefix(count)))
      }
    }
  }

  @Test func countsTheOddLastSampleOf212WithoutALength() throws {
    try withTemporaryFolder { folder in
      try write("r 1 100\nr.dat 212 1\n", [0xE3, 0xF3, 0xFF, 0x05, 0x00], in: folder)
      #expect(try Record(path: folder + "/r").leads.first?.samples == [995, -1, 5])
    }
  }

  @Test func readsSeveralFilesByteOffsetsFramesAndSkew() throws {
    try withTemporaryFolder { folder in
      // a.dat: 2 bytes ahead, then per frame one sample of A and two of B, B one frame late; c.dat: C alone.
      try write(
        "r 3 100 3\na.dat 16+2 10(1)/mV 16 0 1 6 0 A\na.dat 16x2:1+2 1/uV 16 0 10 210 0 B\nc.dat 80 1 8 0 1 6 0 C\n",
        [],
        in: folder)
      try Data([9, 9, 1, 0, 10, 0, 20, 0, 2, 0, 30, 0, 40, 0, 3, 0, 50, 0, 60, 0]).write(
        to: URL(filePath: folder + "/a.dat"))
      try Data([129, 130, 131]).write(to: URL(filePath: folder + "/c.dat"))
      let record = try Record(path: folder + "/r.hea")
      #expect(record.lead(named: "A")?.samples == [0, 0.1, 0.2])
      #expect(record.lead(named: "b")?.samples.prefix(2) == [35, 55])  // the means of frames 2 and 3
      #expect(record.lead(named: "B")?.samples.last?.isNaN == true)
      #expect(record.lead(named: "C")?.samples == [1, 2, 3])
      #expect(record.lead(named: "D") == nil)
      #expect(record.warnings.isEmpty)
    }
  }

  /// As wfdb-python: (1 + 2) / 2 is 1, (-1 - 2) / 2 is -1 ADC units.
  @Test func averagesFramesToWholeADCUnitsTowardZero() throws {
    try withTemporaryFolder { folder in
      try write("r 1 100 2\nr.dat 80x2 1\n", [129, 130, 127, 126], in: folder)
      #expect(try Record(path: folder + "/r").leads.first?.samples == [1, -1])
    }
  }

  @Test(arguments: ["r", "r.hea", "r.dat", "r.mat"]) func takesAPathWithOrWithoutExtension(name: String) throws {
    try withTemporaryFolder { folder in
      try write("r 1 100 2\nr.dat 80 1\n", [129, 130], in: folder)
      #expect(try Record(path: folder + "/" + name).sampleCount == 2)
    }
  }

  @Test func warnsOfAWrongChecksumInitialValueAndLength() throws {
    try withTemporaryFolder { folder in
      try write("r 1 100 2\nr.dat 80 1 8 0 5 -4 0 I\n", [129, 130, 131], in: folder)
      #expect(
        try Record(path: folder + "/r").warnings.map(\.description) == [
          "line 2: the signal file holds 3 samples a signal; 2 are read",
          "line 2: signal I: the first sample is 1; the header says 5",
          "line 2: signal I: the checksum is 3; the header says -4",
        ])
    }
  }

  @Test(arguments: [(-25536, true), (40000, true), (40000 + 65536, true), (-25535, false)])
  func takesAChecksumWithOrWithoutSign(checksum: Int, agrees: Bool) throws {
    try withTemporaryFolder { folder in
      try write("r 1 100 2\nr.dat 16 1 16 0 20000 \(checksum) 0 I\n", [0x20, 0x4E, 0x20, 0x4E], in: folder)
      #expect(try Record(path: folder + "/r").warnings.isEmpty == agrees)
    }
  }

  @Test(arguments: [
    ("r 1 100 5\nr.dat 16\n", "r.dat: 4 bytes; the header's 5 samples a signal need 10"),
    // Nothing of that size is allocated.
    (
      "r 1 100 4611686018427387904\nr.dat 16\n",
      "r.dat: 4 bytes; the header's 4611686018427387904 samples a signal need more bytes than Int can count"
    ),
    ("r 1 100 2\nr.dat 16+99\n", "r.dat: 4 bytes; the header's 2 samples a signal need 103"),
    ("r 1 100\nr.dat 16+99\n", "r.hea: the header gives no number of samples, and no signal file tells it"),
    (
      "r 2 100 2\nr.dat 16x9223372036854775807\nr.dat 16\n",
      "r.hea: line 3: the number of samples per frame is '1'; expected a number that a file can hold"
    ),
    (
      "r 1 100 2\nr.dat 62\n",
      "r.hea: line 2: signal format 62 is not supported; supported are 8, 16, 24, 32, 61, 80, 160, 212, 310, 311, "
        + "508, 516, 524"
    ),
    (
      "r 2 100 1\nr.dat 16\nr.dat 80\n",
      "r.hea: line 3: the format is 80; the signals before it in the same file have 16"
    ),
    (
      "r 2 100 1\nr.dat 16\nr.dat 16+1\n",
      "r.hea: line 3: the byte offset is 1; the signals before it in the same file have 0"
    ),
    (
      "r 1 100 2\n../r.dat 16\n",
      "r.hea: line 2: the file name '../r.dat' leaves the header's folder; expected a plain file name"
    ),
    (
      "r 1 100 2\n/etc/passwd 16\n",
      "r.hea: line 2: the file name '/etc/passwd' leaves the header's folder; expected a plain file name"
    ),
    ("r 1 100 2\ngone.dat 16\n", "r.hea: line 2: the signal file gone.dat is missing, and there is no other"),
    ("r 1 100 2\n. 16\n", "r.hea: line 2: the file name '.' leaves the header's folder; expected a plain file name"),
    ("r/1 1 100 2\nr 2\n", "r.hea: line 2: segment r has segments itself"),
    ("r/1 1 100 2\n~ 2\n", "r.hea: line 2: none of the segments can be read"),
    ("r 1 x\n", "r.hea: line 1: the sampling frequency is 'x'; expected a number"),
  ])
  func saysWhyARecordCannotBeRead(header: String, message: String) throws {
    try withTemporaryFolder { folder in
      try write(header, [1, 0, 2, 0], in: folder)
      #expect {
        try Record(path: folder + "/r")
      } throws: { error in
        "\(error)".replacing(folder + "/", with: "") == message
      }
    }
  }

  @Test func saysThatARecordIsNotThere() {
    #expect { try Record(path: "/nowhere/r") } throws: {
      "\($0)" == "/nowhere/r.hea: cannot open: No such file or directory"
    }
    #expect { try Record(path: NSTemporaryDirectory()) } throws: { "\($0)".contains(".hea: cannot open") }
  }

  @Test func doesNotWaitForANamedPipe() throws {
    try withTemporaryFolder { folder in
      try write("r 1 100 2\npipe 16\n", [], in: folder)
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      #expect { try Record(path: folder + "/r") } throws: {
        "\($0)".hasSuffix("pipe: cannot read: it is not a regular file")
      }
    }
  }

  @Test func summarizesWithoutTheMissingSamples() throws {
    try withTemporaryFolder { folder in
      try write("r 2 100 3\nr.dat 80 1 8 0 -128 0 0 A\nr.dat 80 1 8 0 0 0 0 B\n", [0, 0, 131, 0, 129, 0], in: folder)
      let leads = try Record(path: folder + "/r").summary.leads
      #expect(leads.map(\.missing) == [1, 3])
      #expect((leads[0].first, leads[0].last, leads[0].min, leads[0].max, leads[0].mean) == (3, 1, 1, 3, 2))
      #expect(leads[1].mean == nil && leads[1].first == nil)
      let json = String(decoding: try JSONEncoder().encode(leads[1]), as: UTF8.self)
      #expect(json.contains("\"mean\":null") && json.contains("\"last\":null"))
    }
  }

  struct Stored: Sendable, CustomTestStringConvertible {
    var format: Int
    var bytes: [UInt8]
    var values: [Double?]
    init(_ format: Int, _ bytes: [UInt8], _ values: [Double?]) {
      (self.format, self.bytes, self.values) = (format, bytes, values)
    }
    var testDescription: String { "format \(format)" }
  }

  private func write(_ header: String, _ bytes: [UInt8], in folder: String) throws {
    try Data(header.utf8).write(to: URL(filePath: folder + "/r.hea"))
    try Data(bytes).write(to: URL(filePath: folder + "/r.dat"))
  }
}
