import Drawing
import Testing
import Wording

@Suite struct NumberTextTests {
  @Test func writesADecimalCommaInGermanAndAPointForMachines() throws {
    let german = Language.speaking("de") {
      [
        decimal(-0.128, places: 2), significant(1.234, digits: 3), percent(0.0735, places: 1), probability(0.001), pValue(1e-5),
        interval(0.1, 0.2, places: 1), interval(-0.1, 0.2, places: 1), integer(19634), decimal(.nan, places: 1),
      ]
    }
    #expect(
      german == [
        "\u{2212}0,13", "1,23", "7,4\u{A0}%", "<0,01", "<\u{A0}0,001", "0,1\u{2013}0,2", "\u{2212}0,1 bis 0,2",
        "19\u{202F}634", "nicht bestimmt",
      ])
    let scene = Scene(
      size: Size(10.5, 10.5), elements: [.path(.line(Point(0.25, 0.5), Point(9.75, 1.5)), stroke: Stroke(Theme.ink, width: 0.5))],
      description: "A line.")
    #expect(try Language.speaking("de") { try svg(scene, idPrefix: "a") } == (try svg(scene, idPrefix: "a")))
  }

  @Test(arguments: [
    (0.125, 2, "0.12"), (0.135, 2, "0.14"),  // ties to even, on the decimal text and not on the binary digits
    (2.675, 2, "2.68"), (1.005, 2, "1.00"), (0.9285, 3, "0.928"), (0.92851, 3, "0.929"), (9.995, 2, "10.00"),
    (-0.0004, 2, "0.00"), (-1.5, 1, "\u{2212}1.5"), (1e-7, 3, "0.000"), (1e22, 0, "10000000000000000000000"),
    (5e-324, 1, "0.0"), (0, 0, "0"), (123456.789, 1, "123456.8"), (.nan, 2, "undefined"), (.infinity, 2, "∞"),
    (-Double.infinity, 2, "\u{2212}∞"),
  ])
  func roundsHalfToEvenOnDecimalText(x: Double, places: Int, text: String) {
    #expect(decimal(x, places: places) == text)
  }

  @Test(arguments: [
    (1234, 2, "1200"), (0.00012345, 2, "0.00012"), (9996, 3, "10000"), (99.96, 3, "100"), (0.9995, 3, "1.00"),
    (0, 3, "0.00"), (-12.5, 2, "\u{2212}12"),
  ])
  func keepsSignificantDigitsWithoutAnExponent(x: Double, digits: Int, text: String) {
    #expect(significant(x, digits: digits) == text)
  }

  @Test(arguments: [
    (0, "0"), (4321, "4321"), (19634, "19\u{202F}634"), (-1_234_567, "\u{2212}1\u{202F}234\u{202F}567"),
    (Int.min, "\u{2212}9\u{202F}223\u{202F}372\u{202F}036\u{202F}854\u{202F}775\u{202F}808"),
  ])
  func setsThousandsApartFromFiveDigitsOn(x: Int, text: String) { #expect(integer(x) == text) }

  @Test func scalesPercentagesExactly() {
    #expect(percent(0.0735, places: 1) == "7.4%")  // 7.35 is a tie; 0.0735 * 100 in binary is not
    #expect(percent(0.29, places: 0) == "29%")  // 0.29 * 100 is 28.999999999999996
    #expect(percent(1, places: 0) == "100%")
  }

  @Test func writesIntervalsWithADashUnlessABoundIsNegative() {
    #expect(interval(0.921, 0.934, places: 3) == "0.921–0.934")
    #expect(interval(-0.5, 0.3, places: 1) == "\u{2212}0.5 to 0.3")
  }

  @Test(arguments: [(0.0, "0.00"), (0.004, "<0.01"), (0.42, "0.42"), (0.997, ">0.99"), (1, "1.00")])
  func neverCallsAPossibleEventImpossible(p: Double, text: String) { #expect(probability(p) == text) }

  @Test func keepsUnitsAndNounsBesideTheirNumber() {
    #expect(quantity("25", "mm/s") == "25\u{A0}mm/s")
    #expect(counted(1, "record") == "1\u{A0}record")
    #expect(counted(2, "class", "classes") == "2\u{A0}classes")
  }
}
