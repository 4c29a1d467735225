import Testing

@testable import Wording

@Suite struct TemplateTests {
  @Test(arguments: [
    ("{1}", ["a"], "a"), ("{2}{1}", ["a", "b"], "ba"), ("{1} and {1}", ["a"], "a and a"), ("{3}", ["a"], "{3}"),
    ("{x} {0} {12} {1", ["a"], "{x} {0} {12} {1"), ("{{1}}", ["a"], "{a}"), ("", ["a"], ""), ("}{", ["a"], "}{"),
  ])
  func takeForAPlaceOnlyOneDigitInBraces(text: String, values: [String], filled: String) {
    #expect(Template(text).filled(with: values) == filled)
  }
}
