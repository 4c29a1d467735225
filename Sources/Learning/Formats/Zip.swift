import Foundation

/// Writes a zip archive of stored (uncompressed) files, with a fixed date, so that equal content gives equal bytes.
///
/// Each file's data can be aligned by padding the local header's extra field, as PyTorch does so that weights can be
/// mapped into memory. Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16. There is no reader: nothing
/// here reads zip.
struct ZipWriter {
  private var body = Data()
  private var directory = Data()
  private var count = 0
  let alignment: Int

  /// - Parameter alignment: each file's data begin at a multiple of it.
  init(alignment: Int = 64) { self.alignment = alignment }

  /// 1 January 1980, 00:00, the earliest that the format can say.
  private static let time: UInt16 = 0
  private static let date: UInt16 = 1 << 5 | 1

  /// Appends a file. Names are ASCII, with `/` between folders.
  /// - Throws: ``ZipError`` when the archive would outgrow the format without its 64-bit extension.
  mutating func add(_ name: String, _ content: [UInt8]) throws(ZipError) {
    let nameBytes = Array(name.utf8)
    let header = 30 + nameBytes.count
    // The padding is an extra field of its own: 'FB' as in PyTorch's archives, its length, then 'Z's.
    var padding = alignment - (body.count + header + 4) % alignment
    if padding == alignment { padding = 0 }
    guard let offset = UInt32(exactly: body.count), let size = UInt32(exactly: content.count),
      nameBytes.count < 1 << 16, count < 65_535, body.count + header + 4 + padding + content.count < 1 << 32
    else { throw .tooLarge(name) }
    let checksum = crc32(content)

    func common(into data: inout Data) {
      data.append16(20)  // version needed
      data.append16(0)  // flags
      data.append16(0)  // stored
      data.append16(ZipWriter.time)
      data.append16(ZipWriter.date)
      data.append32(checksum)
      data.append32(size)
      data.append32(size)
      data.append16(UInt16(nameBytes.count))
    }
    body.append32(0x0403_4B50)
    common(into: &body)
    body.append16(UInt16(4 + padding))
    body.append(contentsOf: nameBytes)
    body.append(contentsOf: "FB".utf8)
    body.append16(UInt16(padding))
    body.append(contentsOf: [UInt8](repeating: UInt8(ascii: "Z"), count: padding))
    body.append(contentsOf: content)

    directory.append32(0x0201_4B50)
    directory.append16(20)  // version made by
    common(into: &directory)
    directory.append16(0)  // extra field
    directory.append16(0)  // comment
    directory.append16(0)  // disk
    directory.append16(0)  // internal attributes
    directory.append32(0)  // external attributes
    directory.append32(offset)
    directory.append(contentsOf: nameBytes)
    count += 1
  }

  /// The archive's bytes.
  func finish() throws(ZipError) -> Data {
    guard let offset = UInt32(exactly: body.count), let size = UInt32(exactly: directory.count) else {
      throw .tooLarge("the directory")
    }
    var data = body
    data.append(directory)
    data.append32(0x0605_4B50)
    data.append16(0)  // disk
    data.append16(0)  // disk of the directory
    data.append16(UInt16(count))
    data.append16(UInt16(count))
    data.append32(size)
    data.append32(offset)
    data.append16(0)  // comment
    return data
  }
}

enum ZipError: Error, Equatable, CustomStringConvertible {
  case tooLarge(String)
  var description: String {
    switch self {
    case .tooLarge(let name): "\(name): the archive would exceed 4 GiB or 65,535 files, more than a plain zip can hold"
    }
  }
}

extension Data {
  fileprivate mutating func append16(_ value: UInt16) { append(littleEndian: value) }
  fileprivate mutating func append32(_ value: UInt32) { append(littleEndian: value) }
  private mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

/// CRC-32 as zip uses it (ISO-HDLC: polynomial 0x04C11DB7, reflected).
func crc32(_ bytes: [UInt8]) -> UInt32 {
  var crc: UInt32 = 0xFFFF_FFFF
  crcTable.withUnsafeBufferPointer { table in
    for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
  }
  return ~crc
}

private let crcTable: [UInt32] = (0..<256).map { index in
  (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
}
