import Files
import Foundation
import TestSupport
import Testing

@testable import Learning

/// A small network as PyTorch names it: a convolution and a batch norm.
private let arrays = [
  NamedArray(name: "0.weight", shape: [3, 2, 2], values: (0..<12).map { Float($0) / 8 }),
  NamedArray(name: "0.bias", shape: [3], values: [-1, 0, 0.5]),
  NamedArray(name: "1.weight", shape: [3], values: [1, 2, 3]),
  NamedArray(name: "1.bias", shape: [3], values: [0, 0.25, -0.25]),
  NamedArray(name: "1.running_mean", shape: [3], values: [0.5, 0.5, 0.5]),
  NamedArray(name: "1.running_var", shape: [3], values: [1, 4, 9]),
]
private let labels = ["NORM", "LAO/LAE", "AFIB"]

private func writeFiles(to folder: String) throws {
  try writeFile(Safetensors(arrays, metadata: ["labels": "detailed"]).encoded(), to: folder + "/model.safetensors")
  try writeFile(
    torchFile(arrays, counters: [("1.num_batches_tracked", 70_000_000_000)]), to: folder + "/detailed_model.pt")
  try writeFile(labelBinarizerFile(labels), to: folder + "/detailed_label_binarizer.pkl")
}

@Suite struct ModelFormats {
  /// The bytes that load_formats.txt proves readable; a change must be proved again by running load_formats.py.
  @Test func bytesAreThoseThatPythonHasRead() throws {
    #expect(Digest(of: try Safetensors(arrays, metadata: ["labels": "detailed"]).encoded()).short == "f2ff81837f24")
    #expect(
      Digest(of: try torchFile(arrays, counters: [("1.num_batches_tracked", 70_000_000_000)])).short == "3388f4ce1c26")
    #expect(Digest(of: labelBinarizerFile(labels)).short == "966f058b4525")
  }

  /// Loads the files with every Python at hand that has one of the packages, and compares with the stored proof.
  @Test(arguments: ["python3", "/usr/bin/python3"]) func pythonLoadsTheFiles(python: String) throws {
    let expectations = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Expectations").path
    try withTemporaryFolder { folder in
      try writeFiles(to: folder)
      guard let printed = run(python, [expectations + "/load_formats.py", folder]) else {
        print("pythonLoadsTheFiles: no \(python) here; skipped")
        return
      }
      #expect(printed.status == 0, "\(printed.output)")
      let proof = try String(contentsOfFile: expectations + "/load_formats.txt", encoding: .utf8)
        .split(separator: "\n").filter { !$0.hasPrefix("versions") }
      let found = printed.output.split(separator: "\n").filter { !$0.hasPrefix("versions") }
      if found.isEmpty { print("pythonLoadsTheFiles: \(python) has none of the packages; skipped") }
      for line in found { #expect(proof.contains(line), "\(python) found: \(line)") }
    }
  }

  private func run(_ command: String, _ arguments: [String]) -> (status: Int32, output: String)? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [command] + arguments
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    guard (try? process.run()) != nil else { return nil }
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // 127: env found no such command.
    return process.terminationStatus == 127 ? nil : (process.terminationStatus, output)
  }

  @Test func pickledNumbersHaveTheSmallestForm() {
    #expect(Pickle.int(255).encoded == [0x80, 2, UInt8(ascii: "K"), 255, UInt8(ascii: ".")])
    #expect(Pickle.int(-2).encoded == [0x80, 2, UInt8(ascii: "J"), 254, 255, 255, 255, UInt8(ascii: ".")])
    #expect(Pickle.int(1 << 32).encoded == [0x80, 2, 0x8A, 8, 0, 0, 0, 0, 1, 0, 0, 0, UInt8(ascii: ".")])
  }

  @Test func crcIsThatOfZip() {
    #expect(crc32(Array("123456789".utf8)) == 0xCBF4_3926)  // the check value of every CRC catalogue
    #expect(crc32([]) == 0)
  }

  @Test func zippedDataAreAligned() throws {
    let marker: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF]
    var zip = ZipWriter(alignment: 64)
    for length in [1, 20, 33, 60, 64] { try zip.add(String(repeating: "n", count: length), marker) }
    let bytes = [UInt8](try zip.finish())
    let starts = bytes.indices.filter { bytes[$0...].starts(with: marker) }
    #expect(starts.count == 5)
    #expect(starts.allSatisfy { $0 % 64 == 0 })
  }
}

@Suite struct SafetensorsTests {
  @Test func readsWhatItWrites() throws {
    let file = Safetensors(arrays, metadata: ["labels": "detailed", "größe": "\"1\"\n"])
    #expect(try Safetensors(parsing: file.encoded()) == file)
    let none = NamedArray(name: "none", shape: [0, 3], values: [])
    let empty = Safetensors([none, NamedArray(name: "one", shape: [], values: [7])])
    #expect(try Safetensors(parsing: empty.encoded()) == empty)
    #expect(try Safetensors(parsing: Safetensors([]).encoded()) == Safetensors([]))
  }

  @Test func headerIsSortedAndPaddedToEightBytes() throws {
    let (b, a) = (NamedArray(name: "b", shape: [1], values: [1]), NamedArray(name: "a", shape: [], values: [2]))
    let data = [UInt8](try Safetensors([b, a]).encoded())
    let length = Int(data[0]) + Int(data[1]) << 8
    #expect(length % 8 == 0)
    let header = String(decoding: data[8..<(8 + length)], as: UTF8.self).trimmingCharacters(in: .whitespaces)
    let expected = [
      #"{"a":{"data_offsets":[4,8],"dtype":"F32","shape":[]},"#,
      #""b":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}"#,
    ].joined()
    #expect(header == expected)
    #expect(Array(data.suffix(8)) == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
  }

  @Test func refusesNamesThatWouldBeLost() {
    let a = NamedArray(name: "a", shape: [], values: [1])
    #expect(throws: SafetensorsError.name("a", "occurs twice")) { try Safetensors([a, a]).encoded() }
    #expect(throws: SafetensorsError.name("__metadata__", "is reserved")) {
      try Safetensors([NamedArray(name: "__metadata__", shape: [], values: [1])]).encoded()
    }
  }

  /// A file with the given header and a number of zero bytes.
  func file(_ header: String, _ bytes: Int) -> Data {
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    return data + Data(header.utf8) + Data(count: bytes)
  }

  static let oneArray = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":OFFSETS}}"#
  static let notArrays = SafetensorsError.header("no JSON object of arrays with dtype, shape and data_offsets")

  @Test(arguments: [
    ("[0,4]", 0, "offsets [0, 4]; expected two rising ones up to 0"),
    ("[4,8]", 8, "begins at 4; expected 0, where the array before ends"),
    ("[4,0]", 4, "offsets [4, 0]; expected two rising ones up to 4"),
    ("[-4,0]", 4, "offsets [-4, 0]; expected two rising ones up to 4"),
    ("[0]", 4, "offsets [0]; expected two rising ones up to 4"),
    ("[0,8]", 8, "8 bytes for shape [1] of F32"),
  ]) func refusesHostileOffsets(offsets: String, bytes: Int, problem: String) {
    let header = SafetensorsTests.oneArray.replacingOccurrences(of: "OFFSETS", with: offsets)
    #expect(throws: SafetensorsError.array("a", problem)) { try Safetensors(parsing: file(header, bytes)) }
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, 4, .array("a", "shape [-1, -1] is impossible")),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
      .array("a", "shape [4611686018427387904, 4] is impossible")
    ),
    (#"{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, 4, .array("a", "type 'BF16'; expected F32")),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      4, .array("b", "begins at 0; expected 4, where the array before ends")
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 9, .trailing(5)),
    (#"{"a":[]}"#, 0, notArrays),
    (#"{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,4]}}"#, 4, notArrays),
    ("not JSON", 0, notArrays),
  ] as [(String, Int, SafetensorsError)])
  func refusesHostileHeaders(header: String, bytes: Int, error: SafetensorsError) {
    #expect(throws: error) { try Safetensors(parsing: file(header, bytes)) }
  }

  @Test func refusesDeepNestingBeforeAParserRecurses() {
    #expect(throws: SafetensorsError.header("nested too deeply")) {
      try Safetensors(parsing: file(String(repeating: "[", count: 1_000_000), 0))
    }
  }

  @Test func refusesHostileLengths() {
    #expect(throws: SafetensorsError.truncated(needed: 8, found: 0)) { try Safetensors(parsing: Data()) }
    #expect(throws: SafetensorsError.truncated(needed: 9, found: 2)) {
      try Safetensors(parsing: Data([9, 0, 0, 0, 0, 0, 0, 0, 1, 2]))
    }
    #expect(throws: SafetensorsError.header("announces 18446744073709551615 bytes; expected at most 100000000")) {
      try Safetensors(parsing: Data(repeating: 255, count: 64))
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>) func survivesDamage(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var bytes = [UInt8](try Safetensors(arrays, metadata: ["labels": "detailed"]).encoded())
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0..<min(600, bytes.count), using: &generator)
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    }
    if seed % 3 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator)) }
    do {
      let file = try Safetensors(parsing: Data(bytes))
      #expect(file.arrays.count <= arrays.count + 1)
    } catch {
      #expect(!error.description.isEmpty)
    }
  }
}
