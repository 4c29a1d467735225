/// The canonical JSON of values. Text, integers, true and false, lists and objects are what JSON calls so; so is a number
/// with a fraction. What JSON cannot tell apart is tagged by a key that begins with `$`:
///
/// | value | JSON |
/// | --- | --- |
/// | `.number(0.5)` | `0.5` |
/// | `.number(2)`, which JSON would read as an integer | `{"$number": 2}` |
/// | `.statistic` | `{"$statistic": {"estimate": …, "n": …, "interval": {…}}}` |
/// | `.undefined("one class")` | `{"$undefined": "one class"}` |
/// | an object with a key that begins with `$` | the key with one more `$` |
extension Value: Codable {
  struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue name: String) { stringValue = name }
    init?(intValue: Int) { nil }

    static let number = Key("$number")
    static let statistic = Key("$statistic")
    static let undefined = Key("$undefined")
  }

  public init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: Key.self) {
      if object.allKeys.count == 1 {
        if object.contains(.number) {
          self = .number(try object.decode(Double.self, forKey: .number))
          return
        }
        if object.contains(.statistic) {
          self = .statistic(try object.decode(Statistic.self, forKey: .statistic))
          return
        }
        if object.contains(.undefined) {
          self = .undefined(try object.decode(String.self, forKey: .undefined))
          return
        }
      }
      var members: [String: Value] = [:]
      for key in object.allKeys {
        let name = key.stringValue.hasPrefix("$$") ? String(key.stringValue.dropFirst()) : key.stringValue
        members[name] = try object.decode(Value.self, forKey: key)
      }
      self = .object(members)
      return
    }
    if var list = try? decoder.unkeyedContainer() {
      var items: [Value] = []
      while !list.isAtEnd { items.append(try list.decode(Value.self)) }
      self = .list(items)
      return
    }
    let single = try decoder.singleValueContainer()
    if let text = try? single.decode(String.self) {
      self = .text(text)
    } else if let boolean = try? single.decode(Bool.self) {
      self = .boolean(boolean)
    } else if let integer = try? single.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? single.decode(Double.self) {
      self = .number(number)
    } else {
      throw DecodingError.dataCorruptedError(in: single, debugDescription: "null is no value")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .text(let text):
      var single = encoder.singleValueContainer()
      try single.encode(text)
    case .integer(let integer):
      var single = encoder.singleValueContainer()
      try single.encode(integer)
    case .boolean(let boolean):
      var single = encoder.singleValueContainer()
      try single.encode(boolean)
    case .number(let number) where !number.isFinite:
      try Value.undefined("not a finite number").encode(to: encoder)
    case .number(let number) where number == number.rounded():
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(number, forKey: .number)
    case .number(let number):
      var single = encoder.singleValueContainer()
      try single.encode(number)
    case .statistic(let statistic):
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(statistic, forKey: .statistic)
    case .undefined(let reason):
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(reason, forKey: .undefined)
    case .list(let items):
      var list = encoder.unkeyedContainer()
      for item in items { try list.encode(item) }
    case .object(let members):
      var object = encoder.container(keyedBy: Key.self)
      for (name, value) in members { try object.encode(value, forKey: Key(name.hasPrefix("$") ? "$" + name : name)) }
    }
  }
}
