/// Names of places inside the document, each given once.
///
/// A heading "Results" wants the anchor `results`, which the embedded results have: it becomes `results-2`, and every
/// reference to the heading follows.
struct Anchors {
  private var taken: Set<String>
  private var places: [String: String] = [:]  // by the name that references use

  init(reserved: Set<String> = []) { taken = reserved }

  /// The place that `name` stands for; the first claim of a name is what references lead to.
  mutating func claim(_ name: String) -> String {
    let base = Anchors.slug(name)
    var (place, count) = (base, 1)
    while !taken.insert(place).inserted {
      count += 1
      place = "\(base)-\(count)"
    }
    if places[name] == nil { places[name] = place }
    return place
  }

  /// Where a reference to `name` leads; nil when no such place exists.
  subscript(name: String) -> String? { places[name] }

  /// Letters, digits, `-`, `_` and `.` of ASCII alone: safe in URLs, attributes and PDF names.
  static func slug(_ name: String) -> String {
    let bytes = name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        byte
      default: UInt8(ascii: "_")
      }
    }
    return bytes.isEmpty ? "place" : String(decoding: bytes, as: UTF8.self)
  }
}
