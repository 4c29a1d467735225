import Foundation

/// A `.safetensors` file: named arrays that can be read without running anything.
///
///     8 bytes    N, little-endian: the header's length
///     N bytes    JSON: {"NAME": {"dtype": "F32", "shape": [...], "data_offsets": [begin, end]}, "__metadata__": {...}}
///     the rest   the arrays, one after the other, in C order, little-endian
///
/// The header is padded with spaces to a multiple of 8 bytes. Offsets count from the end of the header; the arrays must
/// fill the file without gaps or overlaps. Source: github.com/huggingface/safetensors, README, "Format".
///
/// Only 32-bit floating point is supported; that is all a network of this project holds.
public struct Safetensors: Sendable, Equatable {
  public var arrays: [NamedArray]
  /// Free text by key, such as the label set and the tool's version.
  public var metadata: [String: String]

  public init(_ arrays: [NamedArray], metadata: [String: String] = [:]) {
    (self.arrays, self.metadata) = (arrays, metadata)
  }

  /// The file's bytes: arrays in the order given, header keys sorted. Equal content gives equal bytes.
  /// - Throws: ``SafetensorsError`` for a name that occurs twice or is reserved.
  public func encoded() throws(SafetensorsError) -> Data {
    var header: [String: Header.Entry] = [:]
    var offset = 0
    for array in arrays {
      guard array.name != Header.metadataKey else { throw .name(array.name, "is reserved") }
      let end = offset + 4 * array.values.count
      let entry = Header.Entry(dtype: "F32", shape: array.shape, dataOffsets: [offset, end])
      guard header.updateValue(entry, forKey: array.name) == nil else { throw .name(array.name, "occurs twice") }
      offset = end
    }
    var json: [UInt8]
    do { json = try Header(entries: header, metadata: metadata).encoded() } catch { throw .header("\(error)") }
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    var data = Data(capacity: 8 + json.count + offset)
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: json)
    for array in arrays { data.append(contentsOf: array.littleEndianBytes) }
    return data
  }

  /// Reads a file's bytes; the arrays come in the order of their place in the file.
  /// - Throws: ``SafetensorsError``, whatever the bytes are: nothing in a file is trusted.
  public init(parsing data: Data) throws(SafetensorsError) {
    let bytes = [UInt8](data)
    guard bytes.count >= 8 else { throw .truncated(needed: 8, found: bytes.count) }
    let announced = (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) }
    guard let length = Int(exactly: announced), length <= Header.longest else {
      throw .header("announces \(announced) bytes; expected at most \(Header.longest)")
    }
    guard length <= bytes.count - 8 else { throw .truncated(needed: length, found: bytes.count - 8) }
    let header = try Header(parsing: Data(bytes[8..<(8 + length)]))
    let start = 8 + length

    var end = 0  // of the array before
    var arrays: [NamedArray] = []
    let inFileOrder = header.entries.sorted {
      ($0.value.begin, $0.value.end, $0.key) < ($1.value.begin, $1.value.end, $1.key)
    }
    for (name, entry) in inFileOrder {
      guard entry.dtype == "F32" else { throw .array(name, "type '\(entry.dtype)'; expected F32") }
      guard entry.dataOffsets.count == 2, entry.begin >= 0, entry.begin <= entry.end,
        entry.end <= bytes.count - start
      else {
        throw .array(name, "offsets \(entry.dataOffsets); expected two rising ones up to \(bytes.count - start)")
      }
      guard entry.begin == end else {
        throw .array(name, "begins at \(entry.begin); expected \(end), where the array before ends")
      }
      var count = 1
      for axis in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: axis)
        guard axis >= 0, !overflow else { throw .array(name, "shape \(entry.shape) is impossible") }
        count = product
      }
      guard (entry.end - entry.begin) % 4 == 0, (entry.end - entry.begin) / 4 == count else {
        throw .array(name, "\(entry.end - entry.begin) bytes for shape \(entry.shape) of F32")
      }
      let values = bytes.withUnsafeBytes { raw in
        (0..<count).map { i in
          let bits = raw.loadUnaligned(fromByteOffset: start + entry.begin + 4 * i, as: UInt32.self)
          return Float(bitPattern: UInt32(littleEndian: bits))
        }
      }
      arrays.append(NamedArray(name: name, shape: entry.shape, values: values))
      end = entry.end
    }
    guard end == bytes.count - start else {
      throw .trailing(bytes.count - start - end)
    }
    (self.arrays, metadata) = (arrays, header.metadata)
  }

  /// The JSON part.
  private struct Header {
    static let metadataKey = "__metadata__"
    static let longest = 100_000_000  // bytes; the reference reader's limit

    struct Entry: Codable, Equatable {
      var dtype: String
      var shape: [Int]
      var dataOffsets: [Int]
      enum CodingKeys: String, CodingKey {
        case dtype, shape
        case dataOffsets = "data_offsets"
      }
      var begin: Int { dataOffsets.first ?? 0 }
      var end: Int { dataOffsets.last ?? 0 }
    }

    var entries: [String: Entry]
    var metadata: [String: String]

    func encoded() throws -> [UInt8] {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      var members = try entries.map { (key: $0.key, value: try encoder.encode($0.value)) }
      if !metadata.isEmpty { members.append((Header.metadataKey, try encoder.encode(metadata))) }
      members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      var json: [UInt8] = [UInt8(ascii: "{")]
      for (i, member) in members.enumerated() {
        if i > 0 { json.append(UInt8(ascii: ",")) }
        json += try encoder.encode(member.key) + [UInt8(ascii: ":")] + member.value
      }
      return json + [UInt8(ascii: "}")]
    }

    init(entries: [String: Entry], metadata: [String: String]) { (self.entries, self.metadata) = (entries, metadata) }

    init(parsing json: Data) throws(SafetensorsError) {
      // A bound on nesting, so that a parser that recurses can't be led to exhaust the stack.
      var depth = 0
      for byte in json {
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
        if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { depth -= 1 }
        guard depth < 64 else { throw .header("nested too deeply") }
      }
      do {
        let members = try JSONDecoder().decode([String: Member].self, from: json)
        (entries, metadata) = ([:], [:])
        for (name, member) in members {
          switch member {
          case .entry(let entry): entries[name] = entry
          case .metadata(let text): metadata = text
          }
        }
      } catch {
        throw .header("no JSON object of arrays with dtype, shape and data_offsets")
      }
    }

    private enum Member: Decodable {
      case entry(Entry), metadata([String: String])
      init(from decoder: any Decoder) throws {
        if decoder.codingPath.last?.stringValue == Header.metadataKey {
          self = .metadata(try [String: String](from: decoder))
        } else {
          self = .entry(try Entry(from: decoder))
        }
      }
    }
  }
}

/// What is wrong with a `.safetensors` file.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  case truncated(needed: Int, found: Int)
  case header(String)
  case array(String, String)
  case name(String, String)
  case trailing(Int)

  public var description: String {
    switch self {
    case .truncated(let needed, let found): "truncated safetensors file: needs \(needed) more bytes, has \(found)"
    case .header(let problem): "safetensors header: \(problem)"
    case .array(let name, let problem): "safetensors array '\(name)': \(problem)"
    case .name(let name, let problem): "array name '\(name)' \(problem)"
    case .trailing(let bytes): "safetensors: \(bytes) bytes follow the last array"
    }
  }
}
