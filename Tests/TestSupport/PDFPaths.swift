import Foundation

/// The lines that a PDF's pages draw, read back from the operators of their content streams: what a printer is told.
///
/// Source: ISO 32000-1, 8.4 (graphics state) and 8.5 (paths). Form XObjects are not followed.
public struct PDFPaths {
  public struct Line: Sendable {
    public var points: [(x: Double, y: Double)]  // millimetres from the page's upper left corner; curves by their ends
    public var color: [Double]  // red, green, blue, 0...1
    public var width: Double  // millimetres
  }
  public enum Failure: Error { case qpdf(String) }

  /// Whether what it needs is installed.
  public static let isPossible = qpdf != nil

  private static let qpdf = ["/usr/bin/qpdf", "/usr/local/bin/qpdf", "/opt/homebrew/bin/qpdf"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// One array of lines for each page of the file.
  public static func lines(ofPDF path: String) throws -> [[Line]] {
    guard let qpdf else { throw Failure.qpdf("qpdf is not installed") }
    return try withTemporaryFolder { folder in
      let process = Process()
      process.executableURL = URL(filePath: qpdf)
      process.arguments = ["--qdf", "--object-streams=disable", path, folder + "/plain.pdf"]
      try process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0, let data = FileManager.default.contents(atPath: folder + "/plain.pdf")
      else {
        throw Failure.qpdf("status \(process.terminationStatus)")
      }
      return try pages(of: [UInt8](data))
    }
  }

  private static func pages(of bytes: [UInt8]) throws -> [[Line]] {
    // qpdf writes a comment before each content stream, and says how high the page is.
    let text = String(bytes.map { Character(UnicodeScalar($0)) })  // Latin-1: a character for each byte
    let heights = text.matches(of: /\/MediaBox \[\s+0\s+0\s+[0-9.]+\s+([0-9.]+)\s+\]/).compactMap { Double($0.1) }
    var lines: [Int: [Line]] = [:]
    for part in text.components(separatedBy: "%% Contents for page ").dropFirst() {
      guard let number = Int(part.prefix { $0.isNumber }), let start = part.range(of: "stream\n"),
        let end = part.range(of: "endstream")
      else { throw Failure.qpdf("a page without content stream") }
      var reader = ContentReader(height: heights.count >= number ? heights[number - 1] : heights.first ?? 0)
      reader.read(part[start.upperBound..<end.lowerBound].utf8)
      lines[number, default: []] += reader.lines
    }
    return lines.keys.sorted().map { lines[$0] ?? [] }
  }
}

/// Follows the operators of one content stream.
private struct ContentReader {
  struct State {
    var a = 1.0, b = 0.0, c = 0.0, d = 1.0, e = 0.0, f = 0.0  // the current transformation matrix
    var color = [0.0, 0, 0]
    var width = 1.0
  }
  var lines: [PDFPaths.Line] = []
  private let height: Double  // points
  private var state = State()
  private var saved: [State] = []
  private var operands: [Double] = []
  private var path: [[(x: Double, y: Double)]] = []

  init(height: Double) { self.height = height }

  mutating func read(_ text: Substring.UTF8View) {
    let bytes = Array(text)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "("):  // a string, with strings inside
        var depth = 0
        repeat {
          if bytes[index] == UInt8(ascii: "\\") {
            index += 1
          } else if bytes[index] == UInt8(ascii: "(") {
            depth += 1
          } else if bytes[index] == UInt8(ascii: ")") {
            depth -= 1
          }
          index += 1
        } while depth > 0 && index < bytes.count
      case UInt8(ascii: "<"):
        while index < bytes.count, bytes[index] != UInt8(ascii: ">") { index += 1 }
        index += 1
      case let b where b <= 32 || b == UInt8(ascii: "[") || b == UInt8(ascii: "]") || b == UInt8(ascii: ">"): index += 1
      default:
        let start = index
        index += 1
        while index < bytes.count, bytes[index] > 32, !Array("[]()<>/".utf8).contains(bytes[index]) { index += 1 }
        take(String(decoding: bytes[start..<index], as: UTF8.self))
      }
    }
  }

  private mutating func take(_ token: String) {
    if let number = Double(token) {
      operands.append(number)
      return
    }
    guard !token.hasPrefix("/") else { return }
    perform(token)
    operands = []
  }

  private mutating func perform(_ name: String) {
    let o = operands
    switch (name, o.count) {
    case ("q", _): saved.append(state)
    case ("Q", _): state = saved.popLast() ?? State()
    case ("cm", 6):
      let s = state
      state.a = o[0] * s.a + o[1] * s.c
      state.b = o[0] * s.b + o[1] * s.d
      state.c = o[2] * s.a + o[3] * s.c
      state.d = o[2] * s.b + o[3] * s.d
      state.e = o[4] * s.a + o[5] * s.c + s.e
      state.f = o[4] * s.b + o[5] * s.d + s.f
    case ("w", 1): state.width = o[0]
    case ("RG", 3): state.color = o
    case ("G", 1): state.color = [o[0], o[0], o[0]]
    case ("m", 2): path.append([point(o[0], o[1])])
    case ("l", 2), ("c", 6), ("v", 4), ("y", 4): extend(to: point(o[o.count - 2], o[o.count - 1]))
    case ("h", _): if let first = path.last?.first { extend(to: first) }
    case ("re", 4):
      path.append(
        [(o[0], o[1]), (o[0] + o[2], o[1]), (o[0] + o[2], o[1] + o[3]), (o[0], o[1] + o[3]), (o[0], o[1])]
          .map { point($0.0, $0.1) })
    case ("S", _), ("s", _), ("B", _), ("B*", _), ("b", _), ("b*", _):
      let scale = abs(state.a * state.d - state.b * state.c).squareRoot() * 25.4 / 72
      lines += path.map { .init(points: $0, color: state.color, width: state.width * scale) }
      path = []
    case ("f", _), ("F", _), ("f*", _), ("n", _): path = []
    default: break
    }
  }

  private mutating func extend(to point: (x: Double, y: Double)) {
    if path.isEmpty { path.append([]) }
    path[path.count - 1].append(point)
  }

  private func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    let (px, py) = (state.a * x + state.c * y + state.e, state.b * x + state.d * y + state.f)
    return (px * 25.4 / 72, (height - py) * 25.4 / 72)
  }
}
