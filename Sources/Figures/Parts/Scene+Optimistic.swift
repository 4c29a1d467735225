import Drawing
import Wording

extension Scene {
  /// The drawing below a line which says that what it shows looks better than it is, and why.
  public func marked(optimistic reason: String) -> Scene {
    let font = Theme.panelTitle, height = font.capHeight + 8, words = say(.optimisticBecause, reason)
    var sheet = Sheet()
    sheet.text(fitted(words, font, width: size.width - 8), at: Point(4, font.capHeight + 2), font, color: Theme.accent)
    var scene = self
    scene.size.height += height
    scene.elements = sheet.elements + [.group(elements, transform: Transform(y: height))]
    for index in scene.marks.indices { scene.marks[index].area.y += height }
    scene.description = "\(words). \(description)"
    return scene
  }
}
