import Foundation

/// What DICOM's objects must have: a compact copy, made by hand, of those attributes of PS3.3's module tables that are
/// of type 1 (a value), 2 (a value, or empty when it is not known), or conditional where ours meet the condition.
///
/// A line is a type, a tag, and a name; `>` stands before what an item of the sequence above must have. `1*` is a
/// sequence of at least one item, each with the code of table 8.8-1. Source: DICOM PS3.3 2024, sections as given.
enum DICOMModules {
  static let patient = """
    # C.7.1.1 Patient
    2 0010,0010 Patient's Name
    2 0010,0020 Patient ID
    2 0010,0030 Patient's Birth Date
    2 0010,0040 Patient's Sex
    # C.7.2.1 General Study
    1 0020,000D Study Instance UID
    2 0008,0020 Study Date
    2 0008,0030 Study Time
    2 0008,0050 Accession Number
    2 0008,0090 Referring Physician's Name
    2 0020,0010 Study ID
    # C.7.5.1 General Equipment
    2 0008,0070 Manufacturer
    # C.12.1 SOP Common
    1 0008,0016 SOP Class UID
    1 0008,0018 SOP Instance UID
    """

  static let waveform =
    patient + """

      # C.7.3.1 General Series
      1 0008,0060 Modality
      1 0020,000E Series Instance UID
      2 0020,0011 Series Number
      # C.10.8 Waveform Identification
      1 0020,0013 Instance Number
      1 0008,0023 Content Date
      1 0008,0033 Content Time
      1 0008,002A Acquisition DateTime
      # C.10.9 Waveform; the sensitivity is 1C, required where samples have units
      1 5400,0100 Waveform Sequence
      >1 003A,0004 Waveform Originality
      >1 003A,0005 Number of Waveform Channels
      >1 003A,0010 Number of Waveform Samples
      >1 003A,001A Sampling Frequency
      >1 003A,0200 Channel Definition Sequence
      >>1* 003A,0208 Channel Source Sequence
      >>1 003A,0210 Channel Sensitivity
      >>1* 003A,0211 Channel Sensitivity Units Sequence
      >>1 003A,0212 Channel Sensitivity Correction Factor
      >>1 003A,0213 Channel Baseline
      >>1 003A,0215 Channel Sample Skew
      >>1 003A,021A Waveform Bits Stored
      >1 5400,1004 Waveform Bits Allocated
      >1 5400,1006 Waveform Sample Interpretation
      >1 5400,1010 Waveform Data
      # C.7.6.14 Acquisition Context
      2 0040,0555 Acquisition Context Sequence
      """

  /// C.10.10 Waveform Annotation, which an object without annotations does not have.
  static let annotations = """
    1 0040,B020 Waveform Annotation Sequence
    >1 0040,A0B0 Referenced Waveform Channels
    """

  static let encapsulatedPDF =
    patient + """

      # C.24.1 Encapsulated Document Series
      1 0008,0060 Modality
      1 0020,000E Series Instance UID
      1 0020,0011 Series Number
      # C.8.6.1 SC Equipment
      1 0008,0064 Conversion Type
      # C.24.2 Encapsulated Document
      1 0020,0013 Instance Number
      2 0008,0023 Content Date
      2 0008,002A Acquisition DateTime
      2 0008,0033 Content Time
      1 0028,0301 Burned In Annotation
      2 0042,0010 Document Title
      2 0040,A043 Concept Name Code Sequence
      1 0042,0012 MIME Type of Encapsulated Document
      1 0042,0011 Encapsulated Document
      """

  /// PS3.10, 7.1
  static let meta = """
    1 0002,0000 File Meta Information Group Length
    1 0002,0001 File Meta Information Version
    1 0002,0002 Media Storage SOP Class UID
    1 0002,0003 Media Storage SOP Instance UID
    1 0002,0010 Transfer Syntax UID
    1 0002,0012 Implementation Class UID
    """

  private static let code = """
    1 0008,0102 Coding Scheme Designator
    1 0008,0104 Code Meaning
    """

  struct Rule {
    var type: Int
    var isCode: Bool
    var tag: UInt32
    var text: String
    var within: [Rule] = []
  }

  static func rules(_ table: String) -> [Rule] {
    var rules: [Rule] = []
    for line in table.split(separator: "\n") where !line.hasPrefix("#") {
      let depth = line.prefix { $0 == ">" }.count
      let words = line.dropFirst(depth).split(separator: " ", maxSplits: 2)
      let tag = UInt32(words[1].filter { $0 != "," }, radix: 16) ?? 0
      insert(
        Rule(type: words[0].hasPrefix("1") ? 1 : 2, isCode: words[0].hasSuffix("*"), tag: tag, text: String(words[1])),
        &rules, depth)
    }
    return rules
  }

  private static func insert(_ rule: Rule, _ rules: inout [Rule], _ depth: Int) {
    if depth == 0 { rules.append(rule) } else { insert(rule, &rules[rules.count - 1].within, depth - 1) }
  }

  /// What an object lacks of a table's rules: `5400,0100/003A,0010 is empty`.
  static func faults(_ set: WrittenDataSet, _ rules: [Rule], _ path: String = "") -> [String] {
    rules.flatMap { rule -> [String] in
      let place = path + rule.text
      guard let element = set.elements.first(where: { $0.tag == rule.tag }) else { return ["\(place) is absent"] }
      if rule.type == 1, element.value.isEmpty { return ["\(place) is empty"] }
      let within = rule.isCode ? Self.rules(code) : rule.within
      return element.items.flatMap { item -> [String] in
        let hasValue = item.elements.contains { [0x0008_0100, 0x0008_0119].contains($0.tag) && !$0.value.isEmpty }
        return faults(item, within, place + "/") + (rule.isCode && !hasValue ? ["\(place) has no code value"] : [])
      }
    }
  }
}

/// A data set as our writer makes it, Explicit VR Little Endian and lengths throughout, taken apart without its reader.
struct WrittenDataSet {
  struct Element {
    var tag: UInt32
    var vr: String
    var value: [UInt8]
    var items: [WrittenDataSet]
    var text: String { String(decoding: value, as: UTF8.self).trimmingCharacters(in: .init(charactersIn: " \0")) }
  }
  var elements: [Element] = []

  init(_ bytes: [UInt8]) {
    var place = 0
    func number(_ width: Int) -> Int {
      defer { place += width }
      return bytes[place..<place + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    while place < bytes.count {
      let tag = UInt32(number(2)) << 16 | UInt32(number(2))
      let vr = String(decoding: bytes[place..<place + 2], as: UTF8.self)
      place += 2
      let isLong = ["OB", "OW", "SQ", "UC", "UN", "UT"].contains(vr)
      if isLong { place += 2 }
      let length = number(isLong ? 4 : 2)
      let value = Array(bytes[place..<place + length])
      place += length
      elements.append(Element(tag: tag, vr: vr, value: value, items: vr == "SQ" ? Self.items(value) : []))
    }
  }

  private static func items(_ bytes: [UInt8]) -> [WrittenDataSet] {
    var items: [WrittenDataSet] = []
    var place = 0
    while place < bytes.count {
      let length = bytes[place + 4..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      items.append(WrittenDataSet(Array(bytes[place + 8..<place + 8 + length])))
      place += 8 + length
    }
    return items
  }

  /// Meta information, and the object.
  static func file(_ data: Data) -> (meta: WrittenDataSet, object: WrittenDataSet) {
    var meta = WrittenDataSet(Array(data.dropFirst(132)))
    var object = meta
    meta.elements.removeAll { $0.tag >> 16 != 2 }
    object.elements.removeAll { $0.tag >> 16 == 2 }
    return (meta, object)
  }

  subscript(_ tags: UInt32...) -> [Element] {
    tags.dropFirst().reduce(elements.filter { $0.tag == tags.first }) { found, tag in
      found.flatMap { $0.items.flatMap(\.elements) }.filter { $0.tag == tag }
    }
  }

  /// All elements, those of items included.
  var all: [Element] { elements.flatMap { [$0] + $0.items.flatMap(\.all) } }

  /// Whether tags rise everywhere, as PS3.5, 7.1 wants.
  var isSorted: Bool {
    zip(elements, elements.dropFirst()).allSatisfy { $0.tag < $1.tag }
      && elements.allSatisfy { $0.items.allSatisfy(\.isSorted) }
  }
}
