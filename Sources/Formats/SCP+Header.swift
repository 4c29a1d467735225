import Foundation
import WFDB

extension SCP {
  /// Section 1: who, when, with what.
  ///
  /// ```
  /// each field: tag 1, length 2, that many bytes; tag 255 ends them
  /// ```
  /// A field that does not fit is a warning, and ends the section. Source: EN 1064, 5.4.
  struct Header {
    private(set) var warnings: [FormatWarning] = []
    private(set) var encoding = TextEncoding.latin
    /// Tenths of the protocol's version that the electrocardiograph speaks.
    private(set) var version: Int?
    private var fields: [(tag: UInt8, value: ArraySlice<UInt8>)] = []
    private static let place = "section 1"
    private static let mostFields = 1 << 14

    init() {}

    init(reading section: ByteReader) {
      var section = section
      do throws(FormatError) {
        while !section.isAtEnd {
          let tag = try section.uint8("tag")
          if tag == 255 { break }
          guard fields.count < Self.mostFields else {
            throw FormatError(Self.place, found: "more than \(Self.mostFields) fields", expected: "some dozens")
          }
          let length = Int(try section.uint16("length of tag \(tag)"))
          fields.append((tag, try section.take(length, "value of tag \(tag)")))
        }
      } catch { warnings.append(FormatWarning(error.place, "\(error.found); expected \(error.expected)")) }
      if let device = bytes(14), device.count > 16 {
        encoding = TextEncoding(languageCode: device[16])
        if !encoding.isKnown {
          let code = String(device[16], radix: 16, uppercase: true)
          warnings.append(
            FormatWarning(
              "\(Self.place), tag 14",
              "texts in the unknown language code \(code) (hexadecimal), read as ISO 8859-1 or UTF-8"))
        }
        version = (10..<100).contains(device[14]) ? Int(device[14]) : nil
      }
    }

    /// What the fields say goes where it belongs; what has no place of its own becomes a comment.
    mutating func tell(_ recording: inout StoredRecording) {
      tellPatient(&recording)
      tellFilters(&recording.filters)
      if let time = bytes(26), time.count >= 3, time[0] < 24, time[1] < 60, time[2] < 61 {
        (recording.start.hour, recording.start.minute) = (Int(time[0]), Int(time[1]))
        recording.start.second = Double(time[2])
      }
      if let day = date(25) { (recording.start.year, recording.start.month, recording.start.day) = day }
      recording.institution = text(16)
      for (tag, words) in Self.comments {
        for value in values(tag) {
          let text = encoding.text(value)
          if !text.isEmpty { recording.comments.append(words.isEmpty ? text : "\(words): \(text)") }
        }
      }
      tellDevice(&recording)
      tellNumbers(&recording.comments)
    }

    /// Texts that become comments, in this order.
    private static let comments: [(tag: UInt8, words: String)] = [
      (30, ""), (13, "Indication"), (35, "History"), (20, "Referring physician"), (21, "Confirming physician"),
      (22, "Technician"), (18, "Department"), (23, "Room"), (31, "Sequence number"),
    ]

    private func tellPatient(_ recording: inout StoredRecording) {
      recording.patient.id = text(2)
      let families = [text(0), text(3)].compactMap(\.self)
      recording.patient.familyName = families.isEmpty ? nil : families.joined(separator: " ")
      recording.patient.givenName = text(1)
      switch bytes(8)?.first {
      case 1: recording.patient.sex = .male
      case 2: recording.patient.sex = .female
      default: break
      }
      if let day = date(5) {
        (recording.patient.birth.year, recording.patient.birth.month, recording.patient.birth.day) = day
      }
      if let (value, unit) = quantity(4), unit > 0 {
        let years = [1, 1 / 12.0, 7 / 365.25, 1 / 365.25, 1 / 8766.0]
        if unit <= years.count { recording.patient.age = Double(value) * years[unit - 1] }
      }
    }

    private mutating func tellFilters(_ filters: inout StoredRecording.Filters) {
      if let value = number(27), value > 0 {
        // Hundredths of a hertz; carts of version 1.0 write ten thousandths, 500 for 0.05 Hz.
        filters.highPass = Double(value) / (value <= 200 ? 100 : 10_000)
        if value > 200 {
          warnings.append(
            FormatWarning(
              "\(Self.place), tag 27",
              "a high-pass of \(Double(value) / 100) Hz, which is read as \(Double(value) / 10_000) Hz"))
        }
      }
      if let value = number(28), value > 0 { filters.lowPass = Double(value) }
      if let map = bytes(29)?.first {
        let words = ["60 Hz notch", "50 Hz notch", "artifact filter", "baseline filter"]
        filters.words = words.indices.filter { map >> $0 & 1 == 1 }.map { words[$0] }
        filters.notch = map & 3 == 1 ? 60 : map & 3 == 2 ? 50 : nil
      }
    }

    /// Tag 14: institution 2, department 2, device 2, its kind 1, maker 1, model 6, protocol 1, compatibility 1,
    /// language 1, capabilities 1, mains 1, reserved 16, then texts, the first with its length.
    private func tellDevice(_ recording: inout StoredRecording) {
      guard let device = bytes(14), device.count >= 36 else { return }
      var maker = Int(device[7]) < Self.makers.count ? Self.makers[Int(device[7])] : ""
      let model = encoding.text(device[8..<14])
      if let version, version >= 13 {
        let rest = device.dropFirst(36 + Int(device[35]))
        let texts = encoding.texts(rest)  // serial number, software, SCP software, maker
        if texts.count > 3, !texts[3].isEmpty { maker = texts[3] }
      }
      let names = [maker, model].filter { !$0.isEmpty }
      recording.device = names.isEmpty ? nil : names.joined(separator: " ")
      for (words, offset) in [("Institution number", 0), ("Department number", 2), ("Cart", 4)] {
        let number = Int(device[offset]) | Int(device[offset + 1]) << 8
        if number > 0 { recording.comments.append("\(words): \(number)") }
      }
    }

    private static let makers = [
      "", "Burdick", "Cambridge", "Compumed", "Datamed", "Fukuda", "Hewlett-Packard", "Marquette", "Mortara",
      "Nihon Kohden", "Okin", "Quinton", "Siemens", "Spacelabs", "Telemed", "Hellige", "ESAOTE", "Schiller",
      "Picker-Schwarzer", "Elettronica Trentina", "Zwönitz",
    ]

    /// What is coded: drugs, body, electrodes, zone of time.
    private func tellNumbers(_ comments: inout [String]) {
      for value in values(10) where value.count >= 3 {
        let name = encoding.text(value.dropFirst(3))
        let code = value.prefix(3).map(String.init)
        if !name.isEmpty {
          comments.append("Drug: \(name)")
        } else if value[value.startIndex + 1] != 0 || value[value.startIndex + 2] != 0 {
          comments.append("Drug: class \(code[1]), number \(code[2]) of table \(code[0])")
        }
      }
      for value in values(32) where value.count >= 2 && value.dropFirst().contains(where: { $0 != 0 }) {
        let codes = value.dropFirst().map(String.init).joined(separator: ", ")
        comments.append("Medical history: codes \(codes) of table \(value[value.startIndex])")
      }
      let heights = ["cm", "in", "mm"]
      if let (value, unit) = quantity(6), (1...heights.count).contains(unit) {
        comments.append("Height: \(value) \(heights[unit - 1])")
      }
      let weights = ["kg", "g", "lb", "oz"]
      if let (value, unit) = quantity(7), (1...weights.count).contains(unit) {
        comments.append("Weight: \(value) \(weights[unit - 1])")
      }
      if let systolic = number(11), systolic > 0 {
        let diastolic = number(12).flatMap { $0 > 0 ? "/\($0)" : nil } ?? ""
        comments.append("Blood pressure: \(systolic)\(diastolic) mmHg")
      }
      if let codes = bytes(33), codes.count >= 2 {
        for (code, names) in [(Int(codes[0]), Self.electrodes), (Int(codes[1]), Self.orthogonalElectrodes)]
        where (1...names.count).contains(code) {
          comments.append("Electrodes: \(names[code - 1])")
        }
      }
      if let zone = bytes(34), zone.count >= 2 {
        let minutes = Int(Int16(bitPattern: UInt16(zone[0]) | UInt16(zone[1]) << 8))
        if abs(minutes) <= 14 * 60 {
          let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
          comments.append(
            "Time zone: UTC\(minutes < 0 ? "-" : "+")\(hours)\(rest == 0 ? "" : ":\(rest < 10 ? "0" : "")\(rest)")")
        }
      }
    }

    private static let electrodes = [
      "standard twelve leads", "Mason-Likar, single electrodes", "Mason-Likar, one pad", "one pad",
      "derived from Frank's leads", "not standard",
    ]
    private static let orthogonalElectrodes = [
      "Frank", "McFee and Parungao", "cube", "bipolar, uncorrected", "pseudo-orthogonal", "derived from twelve leads",
    ]

    // MARK: Values of fields

    private func values(_ tag: UInt8) -> [ArraySlice<UInt8>] { fields.filter { $0.tag == tag }.map(\.value) }

    /// Of the last field with this tag, with indices from 0.
    private func bytes(_ tag: UInt8) -> [UInt8]? { fields.last { $0.tag == tag }.map { Array($0.value) } }

    private func text(_ tag: UInt8) -> String? {
      fields.last { $0.tag == tag }.map { encoding.text($0.value) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func number(_ tag: UInt8) -> Int? {
      guard let bytes = bytes(tag), bytes.count >= 2 else { return nil }
      return Int(bytes[0]) | Int(bytes[1]) << 8
    }

    /// A number, unless it is 0, and the code of its unit.
    private func quantity(_ tag: UInt8) -> (value: Int, unit: Int)? {
      guard let bytes = bytes(tag), bytes.count >= 3, let value = number(tag), value > 0 else { return nil }
      return (value, Int(bytes[2]))
    }

    /// Year, month and day, as far as they are known.
    private func date(_ tag: UInt8) -> (year: Int?, month: Int?, day: Int?)? {
      guard let bytes = bytes(tag), bytes.count >= 4, let year = number(tag), (1...9999).contains(year) else {
        return nil
      }
      let month = (1...12).contains(bytes[2]) ? Int(bytes[2]) : nil
      return (year, month, month != nil && (1...31).contains(bytes[3]) ? Int(bytes[3]) : nil)
    }
  }

  /// How a record's texts are written: the language code of tag 14. Source: EN 1064, Annex A.
  struct TextEncoding: Sendable, Equatable {
    /// Nil for ASCII and ISO 8859-1, for which UTF-8 is taken too where it is such.
    private let encoding: String.Encoding?
    /// JIS X 0208 and 0212 are not, nor is a code that stands for nothing.
    let isKnown: Bool

    static let latin = TextEncoding(languageCode: 0)

    init(languageCode: UInt8) {
      // Foundation's numbers of what Core Foundation knows.
      func other(_ number: UInt) -> String.Encoding { String.Encoding(rawValue: 0x8000_0000 | number) }
      encoding =
        switch languageCode {
        case 0x03: .isoLatin2
        case 0x0B: other(0x0204)  // ISO 8859-4
        case 0x13: other(0x0205)  // ISO 8859-5
        case 0x1B: other(0x0206)  // ISO 8859-6
        case 0x23: other(0x0207)  // ISO 8859-7
        case 0x2B: other(0x0208)  // ISO 8859-8
        case 0x33: other(0x020B)  // ISO 8859-11
        case 0x3B: other(0x020F)  // ISO 8859-15
        case 0x07: .utf16LittleEndian
        case 0x0F: .shiftJIS
        case 0x27: other(0x0930)  // GB 2312
        case 0x2F: other(0x0940)  // KS C 5601
        case 0x37: .utf8
        default: nil
        }
      isKnown = encoding != nil || languageCode & 1 == 0 || languageCode & 3 == 1  // ASCII, ISO 8859-1
    }

    /// Up to the first terminator, without blanks around it.
    func text(_ bytes: ArraySlice<UInt8>) -> String {
      guard let encoding else { return ByteReader.text(bytes) }
      let text = terminated(bytes).text
      return String(data: Data(text), encoding: encoding)?.trimmed ?? ByteReader.text(text)
    }

    /// All texts, each up to its terminator.
    func texts(_ bytes: ArraySlice<UInt8>) -> [String] {
      var texts: [String] = []
      var rest = bytes
      while !rest.isEmpty {
        let (text, length) = terminated(rest)
        texts.append(self.text(text))
        rest = rest.dropFirst(length)
      }
      return texts
    }

    /// - Returns: the bytes before the terminator, and how many there are with it.
    private func terminated(_ bytes: ArraySlice<UInt8>) -> (text: ArraySlice<UInt8>, length: Int) {
      guard encoding == .utf16LittleEndian else {
        let text = bytes.prefix { $0 != 0 }
        return (text, min(bytes.count, text.count + 1))
      }
      var count = 0
      while count + 1 < bytes.count, bytes[bytes.startIndex + count] != 0 || bytes[bytes.startIndex + count + 1] != 0 {
        count += 2
      }
      return (bytes.prefix(count), min(bytes.count, max(count + 2, 1)))
    }
  }
}
