import Drawing
import Wording

/// Who and what an ECG is, above its paper: on the left one line each, the first stands out; on the right more.
struct Header {
  var identification, remarks: [String]

  var height: Double {
    let lines = max(identification.count, remarks.count)
    return lines == 0 ? 0 : Double(lines) * 11 + 4
  }

  func draw(width: Double, on sheet: inout Sheet) {
    for (index, text) in identification.enumerated() {
      let font = index == 0 ? Font(.sans, 9, .semibold) : Font(.sans, 8)
      sheet.text(
        fitted(text, font, width: remarks.isEmpty ? width : 0.6 * width), at: Point(0, 8 + Double(index) * 11), font)
    }
    for (index, text) in remarks.enumerated() {
      let font = Font(.sans, 8)
      sheet.text(
        fitted(text, font, width: (identification.isEmpty ? 1 : 0.38) * width),
        at: Point(width, 8 + Double(index) * 11),
        font, color: Theme.secondary, anchor: .end)
    }
  }
}

/// The lines below the paper.
enum Foot {
  enum Sample { case cut, spike }
  struct Line {
    var left: String
    var right = ""
    var sample: Sample?
  }
  static var cutLine: Line { Line(left: say(.ecgCut), sample: .cut) }
  static let font = Font(.sans, 7.5)
  static let step = 10.0

  /// Both parts stand on one line where there is room.
  private static func isParted(_ line: Line, width limit: Double) -> Bool {
    !line.right.isEmpty && width(line.left, font) + width(line.right, font) + 12 > limit
  }

  static func height(of lines: [Line], width: Double = .infinity) -> Double {
    Double(lines.reduce(0) { $0 + (isParted($1, width: width) ? 2 : 1) }) * step + 3
  }

  static func draw(_ lines: [Line], y: Double, width: Double, on sheet: inout Sheet) {
    var y = y + 9
    for line in lines {
      var x = 0.0
      switch line.sample {
      case .cut:
        sheet.elements.append(ECGPaper.cutMark(at: Point(3, y - 5.3), up: true))
        x = 10
      case .spike:
        sheet.line(Point(3, y - 6), Point(3, y + 0.5), Stroke(Theme.accent, width: 0.9))
        x = 10
      case nil: break
      }
      sheet.text(fitted(line.left, font, width: width - x), at: Point(x, y), font)
      if isParted(line, width: width) {
        y += step
        sheet.text(fitted(line.right, font, width: width), at: Point(0, y), font, color: Theme.secondary)
      } else {
        sheet.text(line.right, at: Point(width, y), font, color: Theme.secondary, anchor: .end)
      }
      y += step
    }
  }
}
