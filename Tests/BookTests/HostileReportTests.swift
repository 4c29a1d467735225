import Foundation
import TestSupport
import Testing

@testable import Book

/// Damaged and malicious reports: diagnostics, or a report that happens to be fine, but never a trap or a hang.
@Suite struct HostileReportTests {
  static let whole = Array(
    document(
      """
      # Head {{ a.statistic | ci }}

      Text @fig-a [@smith2020; @wagner2020] *with **emphasis*** and `code`[^1].

      | a | b |
      |---|--:|
      | {{ a.share | percent }} | [link](https://example.org) |

      > 1. quoted
      >    - ~~list~~

      ```{number #a}
      value: 4
      scale: $p
      ```

      ```{add #sum}
      terms: [a]
      ```

      ```{plot #fig-a}
      data: sum
      caption: "Of {{ sum.value | 3 }}"
      ```

      [^1]: A note.
      """,
      frontMatter: """
        authors: [A, B]
        summary: "{{ a.value }}"
        key-figures:
          - { label: Main, value: a.statistic, format: ci }
        parameters:
          p: { type: number, default: 1.5, range: 0...2 }

        """
    ).utf8)

  /// Checks, and renders what has no mistake.
  private func survive(_ bytes: [UInt8]) async throws {
    try await withWorkshop { workshop in
      try Data(bytes).write(to: URL(filePath: workshop.path))
      let diagnostics = check(workshop.path, registry: toys, library: toyLibrary, overrides: [:])
      for diagnostic in diagnostics { #expect(diagnostic.description.hasPrefix(workshop.path)) }
      guard diagnostics.isEmpty else { return }
      do { _ = try await workshop.render() } catch { #expect(error is ReportError || error is CellFailure || error is CellFailures, "\(error)") }
    }
  }

  @Test func theWholeReportIsFine() async throws {
    try await withWorkshop { workshop in
      try Data(Self.whole).write(to: URL(filePath: workshop.path))
      #expect(check(workshop.path, registry: toys, library: toyLibrary) == [])
      _ = try await workshop.render()
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func survivesTruncation(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    try await survive(Array(Self.whole.prefix(Int.random(in: 0..<Self.whole.count, using: &random))))
  }

  @Test(arguments: 0..<60 as Range<UInt64>) func survivesFlippedBits(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed), bytes = Self.whole
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let index = bytes.indices.randomElement(using: &random) ?? 0
      // Mostly bits that leave it ASCII: what is not UTF-8 is refused at once.
      bytes[index] ^= 1 << UInt8.random(in: 0..<(seed % 8 == 0 ? 8 : 7), using: &random)
    }
    try await survive(bytes)
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func survivesShuffledPieces(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed), bytes = Self.whole
    for _ in 0..<3 {
      let from = Int.random(in: 0..<bytes.count, using: &random)
      let piece = Array(bytes[from..<min(from + Int.random(in: 1...80, using: &random), bytes.count)])
      bytes.insert(contentsOf: Array(repeating: piece, count: Int.random(in: 1...5, using: &random)).joined(), at: Int.random(in: 0...bytes.count, using: &random))
    }
    try await survive(bytes)
  }

  static let numbers = [
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e400", "-0", "0x7f", "1e-400", "NaN", ".inf",
    "1_000", "١٢", "00000000000000000000001", "+5", "1.", ".5",
  ]

  @Test(arguments: numbers) func survivesOddNumbers(number: String) async throws {
    let text = String(decoding: Self.whole, as: UTF8.self)
    try await survive(Array(text.replacing("value: 4", with: "value: \(number)").utf8))
    try await survive(Array(text.replacing("scale: 1.5", with: "scale: \(number)").utf8))
    try await survive(Array(text.replacing("default: 1.5", with: "default: \(number)").utf8))
    try await survive(Array(text.replacing("range: 0...2", with: "range: \(number)...\(number)").utf8))
    try await survive(Array(text.replacing("{{ a.statistic | ci }}", with: "{{ a.names.\(number) }}").utf8))
  }

  @Test(arguments: [
    String(repeating: "> ", count: 3000) + "deep", String(repeating: "- ", count: 3000) + "deep",
    String(repeating: "*a **b ", count: 2000), String(repeating: "[", count: 20_000), String(repeating: "{{", count: 5000),
    String(repeating: "[@", count: 5000), String(repeating: "[^1]", count: 3000) + "\n\n[^1]: x",
    String(repeating: "|a", count: 500) + "\n" + String(repeating: "|-", count: 500) + "\n" + String(repeating: "|{{ a.b }}", count: 500),
    "```{number #a}\nvalue: " + String(repeating: "{a: ", count: 2000) + "\n```",
    "```{number #a}\n" + (0..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined() + "```",
    "```{number #a}\n- - - - - - - - - -\n```", "```{number #a}\n? {a: b}\n: c\n? [x]\n: y\n```",
    "```{number #a}\na: &a [1, 2]\nb: &b [*a, *a]\nc: &c [*b, *b]\nvalue: *c\n```", "```{number #a}\n--- \n...\n--- a\n```",
    "```{number #a}\n!!binary value: !!int 'x'\n<<: {value: 1}\n```", "```{" + String(repeating: "a", count: 10_000) + " #b}\n```",
    String(repeating: "```{number}\n```\n", count: 500), String(repeating: "a", count: 300_000),
    (0..<400).map { "```{add #c\($0)}\nterms: [c\($0 + 1)]\n```\n" }.joined() + "```{add #c400}\nterms: [c0]\n```",
    (0..<400).map { "```{add #c\($0)}\nterms: [c\($0 + 1)]\n```\n" }.joined() + "```{number #c400}\nvalue: 1\n```",
    "\u{202E}{{ a\u{301}.b }} @fig-\u{301} [@\u{1F600}]", "&#0; &#x1; &#1;0&#2; \\\u{A0}",
  ])
  func survivesExcess(body: String) async throws {
    try await survive(Array(document(body).utf8))
    try await survive(Array("---\n\(body)\n---\n".utf8))
  }
}
