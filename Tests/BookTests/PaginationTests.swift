import Testing

@testable import Book

/// Where figures go that find no room: strips are told apart by their heights.
@Suite struct PaginationTests {
  private static let paper = Paper.a4
  private static let page = paper.blockHeight

  private func heading(_ height: Double) -> FlowItem {
    var strip = Strip(height: height)
    (strip.section, strip.keepsWithNext, strip.isHeading) = ("section", true, true)
    return .strip(strip)
  }
  /// Of a part of a section.
  private func subheading(_ height: Double) -> FlowItem {
    var strip = Strip(height: height)
    (strip.keepsWithNext, strip.isHeading) = (true, true)
    return .strip(strip)
  }
  private func text(_ height: Double) -> FlowItem { .strip(Strip(height: height)) }
  private func figure(_ height: Double) -> FlowItem { .float([Strip(height: height)]) }

  /// The heights of each page's strips, from top to bottom.
  private func pages(_ items: [FlowItem]) -> [[Double]] {
    Pagination.pages(of: items, on: Self.paper).map { $0.strips.map(\.strip.height) }
  }

  @Test func fillsThePageWithTextWhereAFigureFindsNoRoom() {
    let tall = 0.8 * Self.page
    #expect(pages([heading(20), text(200), figure(tall), text(30)]) == [[20, 200, 30], [tall]])
  }

  @Test func setsAFigureBeforeTheNextSection() {
    let tall = 0.8 * Self.page
    #expect(pages([heading(20), text(200), figure(tall), text(30), heading(21), text(31)]) == [[20, 200, 30], [tall, 21, 31]])
  }

  @Test func movesAHeadingWithTheFigureThatIsAllOfItsSection() {
    let tall = 0.8 * Self.page
    #expect(
      pages([heading(20), text(200), heading(21), figure(tall), heading(22), figure(tall), heading(23), text(33)])
        == [[20, 200], [21, tall], [22, tall, 23, 33]])
  }

  @Test func movesAHeadingToTheLandscapePageThatIsAllOfItsSection() {
    let wide = FlowItem.landscape([Strip(height: 50)])
    #expect(
      pages([heading(20), text(200), heading(21), wide, wide, heading(22), text(31)])
        == [[20, 200], [21, 50], [50], [22, 31]])
    #expect(pages([heading(20), wide, text(30)]) == [[20, 30], [50]])
  }

  @Test func leavesAHeadingWhereTheLandscapePageHasNoRoomForIt() {
    let full = Self.paper.turned.blockHeight
    #expect(pages([heading(20), .landscape([Strip(height: full)])]) == [[20], [full]])
  }

  @Test func setsFiguresThatWaitBeforeAHeadingThatHasFiguresAlone() {
    let tall = 0.8 * Self.page
    #expect(
      pages([heading(20), text(200), figure(tall), subheading(21), figure(50), subheading(22), text(31)])
        == [[20, 200], [tall, 21, 50, 22, 31]])
    #expect(
      pages([heading(20), text(200), figure(tall), subheading(21), figure(50), text(32), subheading(22), text(31)])
        == [[20, 200, 21, 32, 22, 31], [tall, 50]])
  }

  @Test func setsLandscapePagesBeforeTheNextSection() {
    let wide = FlowItem.landscape([Strip(height: 50)])
    #expect(pages([heading(20), text(200), wide, heading(21), text(31)]) == [[20, 200], [50], [21, 31]])
  }
}
