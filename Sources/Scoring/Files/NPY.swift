import Foundation

/// An array from a `.npy` file, its numbers as `Double`.
///
/// The file is a magic string, a version, the length of a header, the header, and the numbers:
///
///     \x93NUMPY  major minor  length  {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n  data
///
/// `length` has 2 bytes in version 1, 4 in versions 2 and 3, little-endian. `descr` is a byte order (`<`, `>`, `|`,
/// `=`), a kind (`b` boolean, `i` signed, `u` unsigned, `f` floating) and the bytes of an element.
/// Source: NumPy documentation, numpy.lib.format.
///
/// Files with Python objects (`O`), complex numbers, text or fields are refused; nothing in a file is ever executed.
public struct NPYArray: Sendable, Equatable {
  public let shape: [Int]
  /// In C order: the last axis varies fastest, whatever the file's order. Integers beyond 2^53 are rounded.
  public let values: [Double]

  public init(shape: [Int], values: [Double]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
    (self.shape, self.values) = (shape, values)
  }

  /// - Parameter data: the whole file.
  /// - Throws: ``NPYError``.
  public init(parsing data: Data) throws(NPYError) {
    let bytes = [UInt8](data)
    let (header, start) = try NPYArray.header(of: bytes)
    let element = try Element(header.descr)
    var count = 1
    for length in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { throw .tooLarge(shape: header.shape) }
      count = product
    }
    let (needed, overflow) = count.multipliedReportingOverflow(by: element.size)
    guard !overflow else { throw .tooLarge(shape: header.shape) }
    guard bytes.count - start == needed else {
      throw .length(shape: header.shape, descr: header.descr, needed: needed, found: bytes.count - start)
    }
    var values = [Double](repeating: 0, count: count)
    bytes.withUnsafeBytes { raw in
      for i in 0..<count { values[i] = element.value(in: raw, at: start + i * element.size) }
    }
    shape = header.shape
    self.values = header.fortranOrder ? NPYArray.cOrder(values, shape: header.shape) : values
  }

  private static func header(of bytes: [UInt8]) throws(NPYError) -> (NPYHeader, end: Int) {
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw .notNPY }
    guard bytes.count >= 10 else { throw .truncatedHeader }
    let wide: Bool
    switch bytes[6] {
    case 1: wide = false
    case 2, 3: wide = true
    default: throw .version(Int(bytes[6]), Int(bytes[7]))
    }
    let start = wide ? 12 : 10
    guard bytes.count >= start else { throw .truncatedHeader }
    let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard length <= bytes.count - start else { throw .truncatedHeader }
    return (try NPYHeader(parsing: bytes[start..<(start + length)]), start + length)
  }

  /// Turns values whose first axis varies fastest into values whose last axis does.
  private static func cOrder(_ values: [Double], shape: [Int]) -> [Double] {
    guard shape.count > 1, !values.isEmpty else { return values }
    var strides = [Int](repeating: 1, count: shape.count)  // in the file
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var place = 0
    return values.indices.map { _ in
      let value = values[place]
      for axis in shape.indices.reversed() {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
      }
      return value
    }
  }

  /// How one number is stored.
  private struct Element {
    enum Kind { case boolean, signed, unsigned, float }
    let kind: Kind, size: Int, bigEndian: Bool

    init(_ descr: String) throws(NPYError) {
      let characters = Array(descr.utf8)
      guard characters.count == 3, "<>|=".utf8.contains(characters[0]), let size = Int(descr.dropFirst(2)) else {
        throw .unsupported(descr: descr)
      }
      switch (Unicode.Scalar(characters[1]), size) {
      case ("b", 1): kind = .boolean
      case ("i", 1), ("i", 2), ("i", 4), ("i", 8): kind = .signed
      case ("u", 1), ("u", 2), ("u", 4), ("u", 8): kind = .unsigned
      case ("f", 2), ("f", 4), ("f", 8): kind = .float
      default: throw .unsupported(descr: descr)
      }
      (self.size, bigEndian) = (size, characters[0] == UInt8(ascii: ">"))
    }

    func value(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Double {
      func load<Bits: FixedWidthInteger>(_: Bits.Type) -> Bits {
        let bits = bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self)
        return bigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
      }
      switch (kind, size) {
      case (.boolean, _): return bytes[offset] == 0 ? 0 : 1
      case (.signed, 1): return Double(load(Int8.self))
      case (.signed, 2): return Double(load(Int16.self))
      case (.signed, 4): return Double(load(Int32.self))
      case (.signed, _): return Double(load(Int64.self))
      case (.unsigned, 1): return Double(load(UInt8.self))
      case (.unsigned, 2): return Double(load(UInt16.self))
      case (.unsigned, 4): return Double(load(UInt32.self))
      case (.unsigned, _): return Double(load(UInt64.self))
      case (.float, 2): return Element.half(load(UInt16.self))
      case (.float, 4): return Double(Float(bitPattern: load(UInt32.self)))
      case (.float, _): return Double(bitPattern: load(UInt64.self))
      }
    }

    /// IEEE 754 binary16. (`Float16` is missing on Intel Macs.)
    private static func half(_ bits: UInt16) -> Double {
      let sign: Double = bits & 0x8000 == 0 ? 1 : -1
      let fraction = Double(bits & 0x3FF)
      switch Int(bits >> 10 & 0x1F) {
      case 0: return sign * fraction * 0x1p-24  // subnormal
      case 31: return fraction == 0 ? sign * .infinity : .nan
      case let exponent:
        return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
      }
    }
  }
}

/// The dictionary in a `.npy` file's header.
struct NPYHeader: Equatable {
  var descr: String
  var fortranOrder: Bool
  var shape: [Int]

  /// Reads the one form of Python literal that NumPy writes: a dictionary of text, truth value and tuple of integers.
  init(parsing bytes: ArraySlice<UInt8>) throws(NPYError) {
    var parser = Parser(rest: bytes)
    var (descr, fortranOrder, shape): (String?, Bool?, [Int]?)
    try parser.expect("{")
    while !parser.take("}") {
      let key = try parser.text()
      try parser.expect(":")
      switch key {
      case "descr":
        guard !parser.sees("[") else { throw .unsupported(descr: "a list of fields") }
        descr = try parser.text()
      case "fortran_order": fortranOrder = try parser.truth()
      case "shape": shape = try parser.tuple()
      default: throw .header("unknown key '\(key)'; expected 'descr', 'fortran_order' and 'shape'")
      }
      guard parser.take(",") else {
        try parser.expect("}")
        break
      }
    }
    guard parser.isAtEnd else { throw .header("text follows the closing brace") }
    guard let descr else { throw .header("no 'descr'") }
    guard let fortranOrder else { throw .header("no 'fortran_order'") }
    guard let shape else { throw .header("no 'shape'") }
    (self.descr, self.fortranOrder, self.shape) = (descr, fortranOrder, shape)
  }

  private struct Parser {
    var rest: ArraySlice<UInt8>

    private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D } }

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return rest.isEmpty
      }
    }
    mutating func sees(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      return rest.first == UInt8(ascii: character)
    }
    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard sees(character) else { return false }
      rest = rest.dropFirst()
      return true
    }
    mutating func expect(_ character: Unicode.Scalar) throws(NPYError) {
      guard take(character) else { throw .header("expected '\(character)' before \(excerpt)") }
    }
    private var excerpt: String {
      rest.isEmpty ? "the end" : "'\(String(decoding: rest.prefix(20), as: UTF8.self))'"
    }
    mutating func text() throws(NPYError) -> String {
      skipSpace()
      guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
        let end = rest.dropFirst().firstIndex(of: quote)
      else { throw .header("expected a quoted text before \(excerpt)") }
      defer { rest = rest[(end + 1)...] }
      return String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
    }
    mutating func truth() throws(NPYError) -> Bool {
      skipSpace()
      for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
        rest = rest.dropFirst(word.utf8.count)
        return value
      }
      throw .header("expected True or False before \(excerpt)")
    }
    mutating func tuple() throws(NPYError) -> [Int] {
      var numbers: [Int] = []
      try expect("(")
      while !take(")") {
        skipSpace()
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 32 else {
          throw .header("expected a length below 2^63 before \(excerpt)")
        }
        numbers.append(number)
        rest = rest.dropFirst(digits.count)
        if !take(","), !sees(")") { throw .header("expected ',' or ')' before \(excerpt)") }
      }
      return numbers
    }
  }
}

/// What is wrong with a `.npy` file.
public enum NPYError: Error, Equatable, Sendable, CustomStringConvertible {
  case notNPY
  case version(Int, Int)
  case truncatedHeader
  case header(String)
  case unsupported(descr: String)
  case tooLarge(shape: [Int])
  case length(shape: [Int], descr: String, needed: Int, found: Int)

  public var description: String {
    switch self {
    case .notNPY: "no NumPy array: the file does not begin with \\x93NUMPY; write it with numpy.save"
    case .version(let major, let minor): "NumPy format version \(major).\(minor); expected 1, 2 or 3"
    case .truncatedHeader: "the file ends inside the header"
    case .header(let problem): "header: \(problem)"
    case .unsupported(let descr):
      "elements of type '\(descr)'; expected booleans, integers of 1 to 8 bytes or floating point of 2, 4 or 8 bytes"
    case .tooLarge(let shape): "shape \(NPYError.text(shape)) has more elements than memory can hold"
    case .length(let shape, let descr, let needed, let found):
      "\(found) bytes of data; shape \(NPYError.text(shape)) of type '\(descr)' needs \(needed)"
    }
  }

  static func text(_ shape: [Int]) -> String { "(" + shape.map(String.init).joined(separator: ", ") + ")" }
}
