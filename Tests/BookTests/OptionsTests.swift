import Testing

@testable import Book

@Suite struct OptionsTests {
  @Test func returnsValuesAndDefaults() throws {
    var options = try Options(
      yaml: "a: 3\nb: 0.5\nc: text\nd: [1, 2]\ne: true\nf: $x\ng: [$x, 5]\nh: 2\n", parameters: ["x": .integer(7)])
    #expect(options.take("a", default: 1) == 3)
    #expect(options.take("b", default: 1.0) == 0.5)
    #expect(options.take("h", default: 1.0) == 2)  // an integer is a number too
    #expect(options.takeRequired("c") == "text")
    #expect(options.take("d", default: [Int]()) == [1, 2])
    let isSet = options.take("e", default: false)
    #expect(isSet)
    #expect(options.take("f", default: 0, in: 0...10) == 7)
    #expect(options.takeIfPresent("g", as: [Int].self) == [7, 5])
    #expect(options.takeIfPresent("z", as: String.self) == nil)
    #expect(options.take("y", default: 4, enters: .render) == 4)
    #expect(options.mistakes == [])
    #expect(options.computed.keys.sorted() == ["a", "b", "c", "d", "e", "f", "g", "h"])
    #expect(options.computed["f"] == .integer(7))
    #expect(options.rendered == ["y": .integer(4)])
  }

  @Test func goesOnAfterAMistake() throws {
    var options = try Options(yaml: "a: x\nb: 50\nc: [1, y]\ne: ~\nz: 1\n", kind: "train")
    #expect(options.take("a", default: 1) == 1)
    #expect(options.take("b", default: 2, in: 0...10) == 2)
    #expect(options.take("c", default: [9]) == [9])
    #expect(options.takeRequired("d", as: Int.self) == 0)
    #expect(options.takeRequired("e", as: Int.self) == 0)
    #expect(
      options.mistakes.map(\.heading) == [
        "options.yaml:1:4: error[E0306]: 'a' is an integer, found 'x'",
        "options.yaml:2:4: error[E0307]: 'b' is 50, outside of 0...10",
        "options.yaml:3:8: error[E0306]: an item of 'c' is an integer, found 'y'",
        "options.yaml:1:1: error[E0305]: 'train' needs the option 'd'",
        "options.yaml:4:1: error[E0306]: 'e' is an integer, found nothing",
        "options.yaml:5:1: error[E0304]: unknown option 'z' of 'train'",
      ])
  }

  enum Color: String, CaseIterable { case red, green }

  @Test func takesCasesOfAnEnumeration() throws {
    var options = try Options(yaml: "a: green\nb: gren\n")
    #expect(options.takeChoice("a", default: Color.red) == .green)
    #expect(options.takeChoice("b", default: Color.red) == .red)
    #expect(options.mistakes.map(\.help) == [["did you mean 'green'?"]])
  }

  @Test func takesReferencesAloneOrInAList() throws {
    var options = try Options(yaml: "a: one\nb: [two, '#three']\n")
    #expect(options.takeReference("a").id == "one")
    let references = options.takeReferences("b")
    #expect(references.map(\.id) == ["two", "three"])
    #expect(references.map(\.range?.column) == [5, 10])
    #expect(options.takeReferences("c") == [])
    #expect(options.takeReferenceIfPresent("d") == nil)
    #expect(options.mistakes == [])
    #expect(options.computed.isEmpty)  // references enter the key by the keys of the cells they name
  }

  @Test func takesPathsAloneOrInAList() throws {
    var options = try Options(yaml: "a: one.csv\nb: [two.csv, $x]\nc: [1, '']\nd: ''\n", parameters: ["x": .text("three.csv")])
    #expect(options.takePaths("a") == ["one.csv"])
    #expect(options.takePaths("b") == ["two.csv", "three.csv"])
    #expect(options.takePaths("e") == [])
    #expect(options.takePaths("c") == ["1", ""])
    #expect(options.takePaths("d") == [""])
    #expect(options.mistakes.map(\.summary) == ["'c' has an empty path", "'d' is an empty path"])
    #expect(options.computed.isEmpty)  // what is in the files enters the key, not their names
  }

  @Test(arguments: ["nan", "inf", "0x10", "1e999", "1_000", ""]) func takesNoOddNumbers(text: String) throws {
    var options = try Options(yaml: "a: \(text)\n")
    #expect(options.take("a", default: 1.5) == 1.5)
    #expect(options.mistakes.count == 1)
  }
}
