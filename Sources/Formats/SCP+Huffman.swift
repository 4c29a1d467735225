extension SCP {
  /// The codes of section 2, with which the samples of sections 5 and 6 are written.
  ///
  /// ```
  /// number of tables 2; 19999 stands for the default table, 0 for none
  /// each table: number of codes 2
  /// each code:  bits of the prefix 1, bits altogether 1, 1 for a value or 0 for another table 1, base value 2,
  ///             prefix 4, its first bit the lowest
  /// ```
  /// A code is its prefix, then bits that are a number with a sign, which is added to the base value. A code that
  /// stands for another table has that table's number, from 1, as its base value; each lead begins with the first
  /// table. Bits are taken from a byte's highest to its lowest. Source: EN 1064, 5.5 and Annex C.
  struct HuffmanTables: Sendable {
    private struct Code {
      var extraBits: Int
      /// The table that follows, nil for a value.
      var nextTable: Int?
      var base: Int
    }
    /// A node of a table's tree: what follows on 0 and on 1, 0 for nothing; or a code, whose index is coded as -1 -
    /// index.
    private struct Node { var next = (Int32(0), Int32(0)) }
    private var nodes: [Node] = []
    private var codes: [Code] = []
    private var roots: [Int] = []

    /// The default table: 0 is `0`; ±1 to ±8 as many ones, a zero, and the sign; others `1111111110` and 8 bits, or
    /// `1111111111` and 16.
    static let standard: HuffmanTables = {
      var tables = HuffmanTables()
      tables.beginTable()
      _ = tables.add(Code(extraBits: 0, base: 0), prefix: 0, bits: 1)
      for magnitude in 1...8 {
        let ones = UInt32(1) << magnitude - 1
        _ = tables.add(Code(extraBits: 0, base: magnitude), prefix: ones, bits: magnitude + 2)
        _ = tables.add(Code(extraBits: 0, base: -magnitude), prefix: ones | 2 << magnitude, bits: magnitude + 2)
      }
      _ = tables.add(Code(extraBits: 8, base: 0), prefix: 0b01_1111_1111, bits: 10)
      _ = tables.add(Code(extraBits: 16, base: 0), prefix: 0b11_1111_1111, bits: 10)
      return tables
    }()

    private init() {}

    /// - Returns: nil when there is no section 2, or it has no tables: samples are then 16 bits each.
    static func read(_ section: ByteReader?) throws(FormatError) -> HuffmanTables? {
      guard var section else { return nil }
      let count = Int(try section.uint16("number of tables"))
      if count == 19_999 { return standard }
      var tables = HuffmanTables()
      for number in 1..<count + 1 { try tables.readTable(number, of: count, from: &section) }
      return count == 0 ? nil : tables
    }

    private mutating func readTable(_ number: Int, of count: Int, from section: inout ByteReader) throws(FormatError) {
      beginTable()
      for index in 0..<Int(try section.uint16("number of codes")) {
        let (prefixBits, bits) = (
          Int(try section.uint8("bits of the prefix")), Int(try section.uint8("bits of the code"))
        )
        let isValue = try section.uint8("mode") != 0
        let base = Int(try section.int16("base value"))
        let prefix = try section.uint32("prefix")
        func fault(_ found: String, _ expected: String) -> FormatError {
          FormatError("section 2, table \(number), code \(index + 1)", found: found, expected: expected)
        }
        guard (1...32).contains(prefixBits), (prefixBits...prefixBits + 32).contains(bits) else {
          throw fault("\(prefixBits) bits of prefix in \(bits)", "1 to 32 of prefix and 32 others at most")
        }
        guard nodes.count < 1 << 22 else {
          throw fault("bits for more than \(1 << 22) branches", "tables of a sensible size")
        }
        guard isValue || (1...count).contains(base) else { throw fault("a change to table \(base)", "1 to \(count)") }
        guard
          add(
            Code(extraBits: bits - prefixBits, nextTable: isValue ? nil : base - 1, base: base), prefix: prefix,
            bits: prefixBits)
        else {
          throw fault("a prefix that begins with another, or begins another", "distinct ones")
        }
      }
    }

    private mutating func beginTable() {
      roots.append(nodes.count)
      nodes.append(Node())
    }

    /// - Returns: false when its prefix begins another's, or another's begins it.
    private mutating func add(_ code: Code, prefix: UInt32, bits: Int) -> Bool {
      guard var node = roots.last else { return false }
      for bit in 0..<bits {
        let isOne = prefix >> bit & 1 == 1
        let next = isOne ? nodes[node].next.1 : nodes[node].next.0
        let isLast = bit == bits - 1
        guard next == 0 || (next > 0 && !isLast) else { return false }
        let following = next != 0 ? next : isLast ? -1 - Int32(codes.count) : Int32(nodes.count)
        if isOne { nodes[node].next.1 = following } else { nodes[node].next.0 = following }
        if isLast { break }
        if next == 0 { nodes.append(Node()) }
        node = Int(following)
      }
      codes.append(code)
      return true
    }

    /// The first `count` values, of 16 bits as the samples are.
    /// - Throws: when there are fewer, or the bits are no code.
    func values(_ bytes: ArraySlice<UInt8>, count: Int, place: String) throws(FormatError) -> [Int16] {
      // Nothing is shorter than a bit: memory is taken for what can be there.
      guard count <= bytes.count * 8 else {
        throw FormatError(
          place, found: "\(bytes.count) bytes", expected: "at least \((count + 7) / 8) for \(count) samples")
      }
      var values: [Int16] = []
      values.reserveCapacity(count)
      var bits = BitReader(bytes)
      var table = roots.first ?? 0
      while values.count < count {
        var node = table
        var found: Code?
        while found == nil {
          guard let bit = bits.next() else { throw ended(place, values.count, count) }
          let next = bit == 1 ? nodes[node].next.1 : nodes[node].next.0
          guard next != 0 else {
            throw FormatError(
              place, found: "bits that are no code, at sample \(values.count + 1)", expected: "codes of section 2")
          }
          if next < 0 { found = codes[Int(-1 - next)] } else { node = Int(next) }
        }
        guard let code = found else { break }
        if let nextTable = code.nextTable {
          table = roots[nextTable]
          continue
        }
        guard let extra = bits.signedNumber(code.extraBits) else { throw ended(place, values.count, count) }
        values.append(Int16(truncatingIfNeeded: code.base + extra))
      }
      return values
    }

    private func ended(_ place: String, _ found: Int, _ expected: Int) -> FormatError {
      FormatError(place, found: "data for \(found) samples", expected: "\(expected)")
    }
  }

  /// Bits, a byte's highest first.
  private struct BitReader {
    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private var bit = 8

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, index) = (bytes, bytes.startIndex) }

    mutating func next() -> UInt8? {
      if bit == 0 { (index, bit) = (index + 1, 8) }
      guard index < bytes.endIndex else { return nil }
      bit -= 1
      return bytes[index] >> bit & 1
    }

    /// The next `count` bits, up to 32, as a number in two's complement; 0 of none.
    mutating func signedNumber(_ count: Int) -> Int? {
      var number = 0
      for position in 0..<count {
        guard let bit = next() else { return nil }
        number = position == 0 ? -Int(bit) : number << 1 | Int(bit)
      }
      return number
    }
  }
}
