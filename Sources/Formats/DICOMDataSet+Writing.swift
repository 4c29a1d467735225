import Foundation

extension DICOMDataSet {
  /// Sets an attribute to bytes, which get a padding byte where their number is odd.
  mutating func set(_ attribute: DICOMAttribute, bytes: some Collection<UInt8>) {
    var content = Array(bytes)
    if content.count % 2 == 1 { content.append(attribute.representation.padding) }
    put(attribute, .bytes(content[...]))
  }

  /// Sets an attribute to a text, which the data set's character set is UTF-8 for.
  mutating func set(_ attribute: DICOMAttribute, _ text: String) { set(attribute, bytes: Array(text.utf8)) }

  /// Sets an attribute to whole numbers of its width, US or UL, little endian.
  mutating func set(_ attribute: DICOMAttribute, _ numbers: Int...) {
    let width = attribute.representation == .US ? 2 : 4
    set(attribute, bytes: numbers.flatMap { Self.little($0, width) })
  }

  mutating func set(_ attribute: DICOMAttribute, _ items: [DICOMDataSet]) { put(attribute, .items(items)) }

  /// Sets a sequence to one item with a code.
  mutating func set(_ attribute: DICOMAttribute, _ code: DICOMCode) {
    var item = DICOMDataSet()
    // PS3.3, 8.8: what is longer than 16 characters has an attribute of its own.
    item.set(code.value.unicodeScalars.count <= 16 ? .codeValue : .longCodeValue, code.value)
    item.set(.codingScheme, code.scheme)
    item.set(.codeMeaning, code.meaning)
    set(attribute, [item])
  }

  private mutating func put(_ attribute: DICOMAttribute, _ value: Value) {
    elements.removeAll { $0.tag == attribute.tag }
    elements.append(Element(tag: attribute.tag, position: 0, value: value))
  }

  /// The elements in the order of their tags, Explicit VR Little Endian, sequences and items of defined length.
  /// - Throws: ``FormatError`` when a value has 4 GB or more.
  func encoded() throws(FormatError) -> [UInt8] {
    var output: [UInt8] = []
    for element in elements.sorted(by: { $0.tag < $1.tag }) {
      guard let attribute = DICOMAttribute.named(element.tag) else { continue }
      var content: [UInt8] = []
      switch element.value {
      case .bytes(let bytes): content = Array(bytes)
      case .items(let items):
        for item in items {
          let inner = try item.encoded()
          content += Self.little(0xFFFE, 2) + Self.little(0xE000, 2) + Self.little(inner.count, 4) + inner
        }
      }
      let isLong = attribute.representation.hasLongLength
      let limit = isLong ? Int(UInt32.max) - 1 : Int(UInt16.max)
      guard content.count <= limit else {
        throw FormatError("\(attribute)", found: "\(content.count) bytes", expected: "at most \(limit)")
      }
      output += Self.little(Int(element.tag >> 16), 2) + Self.little(Int(element.tag & 0xFFFF), 2)
      output += attribute.representation.rawValue.utf8
      output += isLong ? [0, 0] + Self.little(content.count, 4) : Self.little(content.count, 2)
      output += content
    }
    return output
  }

  private static func little(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// The data set as a file: preamble, meta information and elements. Source: PS3.10, chapter 7.
  func file() throws(FormatError) -> Data {
    var meta = DICOMDataSet()
    meta.set(.metaVersion, bytes: [0, 1])
    meta.set(.mediaClass, value(.sopClass) ?? "")
    meta.set(.mediaInstance, value(.sopInstance) ?? "")
    meta.set(.transferSyntax, "1.2.840.10008.1.2.1")
    var implementation = ContentIdentifier()
    implementation.add("ECGBook's DICOM objects")
    meta.set(.implementationClass, implementation.uid)
    meta.set(.implementationVersion, "ECGBOOK")
    let content = try meta.encoded()
    var length = DICOMDataSet()
    length.set(.metaLength, content.count)
    var data = Data(repeating: 0, count: 128)
    data.append(contentsOf: "DICM".utf8)
    data.append(contentsOf: try length.encoded())
    data.append(contentsOf: content)
    data.append(contentsOf: try encoded())
    return data
  }
}
