/// A column's JSON names the one type of its values, so that thousands of them stand as plain numbers:
/// `"integers": [1, 2]`, `"numbers": [0.5, 2]`, `"texts": ["NORM"]`; mixed columns hold `"values"`.
extension Frame.Column {
  private enum Key: String, CodingKey { case name, title, unit, format, note, optimism, values, integers, numbers, texts }

  public init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: Key.self)
    name = try object.decode(String.self, forKey: .name)
    title = try object.decode(String.self, forKey: .title)
    unit = try object.decodeIfPresent(String.self, forKey: .unit)
    format = try object.decodeIfPresent(String.self, forKey: .format)
    note = try object.decodeIfPresent(String.self, forKey: .note)
    optimism = try object.decodeIfPresent(String.self, forKey: .optimism)
    if let integers = try object.decodeIfPresent([Int].self, forKey: .integers) {
      values = integers.map(Value.integer)
    } else if let numbers = try object.decodeIfPresent([Double].self, forKey: .numbers) {
      values = numbers.map(Value.number)
    } else if let texts = try object.decodeIfPresent([String].self, forKey: .texts) {
      values = texts.map(Value.text)
    } else {
      values = try object.decode([Value].self, forKey: .values)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(name, forKey: .name)
    try object.encode(title, forKey: .title)
    try object.encodeIfPresent(unit, forKey: .unit)
    try object.encodeIfPresent(format, forKey: .format)
    try object.encodeIfPresent(note, forKey: .note)
    try object.encodeIfPresent(optimism, forKey: .optimism)
    if let integers = all({ if case .integer(let i) = $0 { i } else { nil } }) {
      try object.encode(integers, forKey: .integers)
    } else if let numbers = all({ if case .number(let x) = $0, x.isFinite { x } else { nil } }) {
      try object.encode(numbers, forKey: .numbers)
    } else if let texts = all({ if case .text(let t) = $0 { t } else { nil } }) {
      try object.encode(texts, forKey: .texts)
    } else {
      try object.encode(values, forKey: .values)
    }
  }

  /// What `extract` makes of every value; nil when one is of another type, or there is none.
  private func all<T>(_ extract: (Value) -> T?) -> [T]? {
    guard !values.isEmpty else { return nil }
    var result: [T] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let item = extract(value) else { return nil }
      result.append(item)
    }
    return result
  }
}
