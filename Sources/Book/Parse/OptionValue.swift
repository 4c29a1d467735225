import Foundation

/// A type that an option can have.
public protocol OptionValue: Sendable, Equatable {
  /// With its article: "an integer".
  static var expectation: String { get }
  /// What stands in for a value that cannot be read, so that reading goes on.
  static var placeholder: Self { get }
  init?(_ setting: Setting)
  /// As it enters keys.
  var value: Value { get }
  /// Of a setting that cannot be read: the part at fault. A list's is one of its items.
  static func misfit(in setting: Setting) -> (part: Setting, expectation: String)
}

extension OptionValue {
  public static func misfit(in setting: Setting) -> (part: Setting, expectation: String) { (setting, expectation) }
}

extension Int: OptionValue {
  public static var expectation: String { "an integer" }
  public static var placeholder: Int { 0 }
  public init?(_ setting: Setting) {
    guard case .scalar(let text, false) = setting.content, let value = Int(text) else { return nil }
    self = value
  }
  public var value: Value { .integer(self) }
}

extension Double: OptionValue {
  public static var expectation: String { "a number" }
  public static var placeholder: Double { 0 }
  public init?(_ setting: Setting) {
    // Double's own grammar also takes "nan", "inf" and hexadecimal.
    guard case .scalar(let text, false) = setting.content, text.utf8.allSatisfy(Self.isDecimal),
      let value = Double(text), value.isFinite
    else { return nil }
    self = value
  }
  private static func isDecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
  public var value: Value { .number(self) }
}

extension Bool: OptionValue {
  public static var expectation: String { "true or false" }
  public static var placeholder: Bool { false }
  public init?(_ setting: Setting) {
    guard case .scalar(let text, false) = setting.content, text == "true" || text == "false" else { return nil }
    self = text == "true"
  }
  public var value: Value { .boolean(self) }
}

extension String: OptionValue {
  public static var expectation: String { "text" }
  public static var placeholder: String { "" }
  public init?(_ setting: Setting) {
    guard let text = setting.text else { return nil }
    self = text
  }
  public var value: Value { .text(self) }
}

extension Array: OptionValue where Element: OptionValue {
  public static var expectation: String { "a list, each item \(Element.expectation)" }
  public static var placeholder: [Element] { [] }
  public init?(_ setting: Setting) {
    guard let items = setting.items else { return nil }
    self = []
    for item in items {
      guard let element = Element(item) else { return nil }
      append(element)
    }
  }
  public var value: Value { .list(map(\.value)) }

  public static func misfit(in setting: Setting) -> (part: Setting, expectation: String) {
    setting.items?.first { Element($0) == nil }.map { Element.misfit(in: $0) } ?? (setting, expectation)
  }
}

extension Value {
  /// The value as YAML would write it in one scalar: how a parameter stands in for `$name`.
  public var scalarText: String? {
    switch self {
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .number(let number): "\(number)"
    case .boolean(let boolean): boolean ? "true" : "false"
    default: nil
    }
  }
}
