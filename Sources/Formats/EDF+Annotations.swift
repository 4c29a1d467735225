import WFDB

/// An annotation of an EDF+ file. Source: EDF+ section 2.2.
struct EDFAnnotation: Equatable {
  var onset: Double  // seconds after the file's start
  var duration: Double?  // seconds
  /// Empty in the first of a data record, which says when the record begins.
  var text: String

  /// The time-stamped annotation lists of a data record: `+ONSET[21 DURATION]20 TEXT20 …20 0`, then zero bytes.
  /// - Returns: a list's texts one by one, an empty one where it has none; and whether a list breaks the grammar.
  static func list(_ bytes: ArraySlice<UInt8>) -> (found: [EDFAnnotation], isBroken: Bool) {
    var (found, isBroken): ([EDFAnnotation], Bool) = ([], false)
    var rest = bytes
    while let start = rest.firstIndex(where: { $0 != 0 }) {
      rest = rest[start...]
      let end = rest.firstIndex(of: 0) ?? rest.endIndex
      let parts = rest[..<end].split(separator: 20, omittingEmptySubsequences: false)
      rest = rest[end...]
      let time = (parts.first ?? []).split(separator: 21, maxSplits: 1, omittingEmptySubsequences: false)
      guard let stamp = time.first, stamp.first == UInt8(ascii: "+") || stamp.first == UInt8(ascii: "-"),
        let onset = EDFHeader.number(ByteReader.text(stamp)), parts.count > 1
      else {
        isBroken = true
        continue
      }
      let duration = time.count > 1 ? EDFHeader.number(ByteReader.text(time[1])) : nil
      let texts = parts.dropFirst().map(ByteReader.text)
      if let first = texts.first, first.isEmpty { found.append(EDFAnnotation(onset: onset, duration: nil, text: "")) }
      for text in texts where !text.isEmpty {
        found.append(EDFAnnotation(onset: onset, duration: duration, text: text))
      }
    }
    return (found, isBroken)
  }

  /// The bytes of a list of one text.
  var bytes: [UInt8] {
    let sign = onset < 0 ? "" : "+"
    let time = "\(sign)\(shortest(onset))" + (duration.map { "\u{15}\(shortest($0))" } ?? "")
    return Array("\(time)\u{14}\(text)\u{14}".utf8) + [0]
  }
}

extension StoredRecording {
  /// Of the whole recording, as at its beginning a line of ``Detail``; else a comment that says when.
  /// - Parameter first: when the first data record begins.
  mutating func take(_ annotation: EDFAnnotation, from first: Double) {
    for text in annotation.text.split(whereSeparator: \.isNewline).map({ oneLine(String($0)) }) where !text.isEmpty {
      let seconds = annotation.onset - first
      if seconds == 0, annotation.duration == nil {
        take(text)
      } else {
        let lasting = annotation.duration.map { " for \(shortest($0)) s" } ?? ""
        comments.append("\(shortest((seconds * 1e6).rounded() / 1e6)) s\(lasting): \(text)")
      }
    }
  }
}
