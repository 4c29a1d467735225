import Files
import Foundation
import TestSupport
import Testing

@testable import Book

/// Both promises of the cache over generated reports: what changed is computed anew, and nothing else is.
@Suite struct CacheMutationTests {
  /// A report of toy cells, as data: so that it can be changed in one place, written, and worked out by hand.
  private struct Draft {
    enum Kind {
      case number(value: Int, scale: Int, squared: Bool)
      case file(name: String)
      case add(terms: [Int])  // indices of earlier cells
    }
    var cells: [Kind] = []
    var files: [String: Int] = [:]  // bytes, by name
    var parameter = 3  // what the first number cell takes
    var captions: [Int: String] = [:]  // plots, by the index of the cell they draw
    var sentence = "Text."
    var comment = ""  // stands in a cell's options
    var isReversed = false  // whether options stand in another order

    init(_ random: inout SeededGenerator) {
      cells = [.number(value: 0, scale: 2, squared: false)]  // its value is the parameter
      for index in 1..<Int.random(in: 3...8, using: &random) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: cells.append(.number(value: .random(in: 14...900, using: &random), scale: .random(in: 1...9, using: &random), squared: .random(using: &random)))
        case 1:
          files["f\(index).txt"] = .random(in: 1...50, using: &random)
          cells.append(.file(name: "f\(index).txt"))
        default:
          let count = min(index, Int.random(in: 1...3, using: &random))
          cells.append(.add(terms: Array((0..<index).shuffled(using: &random).prefix(count))))
        }
      }
      for index in cells.indices where Bool.random(using: &random) { captions[index] = "A line." }
    }

    var text: String {
      var body = sentence + " It took {{ parameters.start }}.\n\n"
      for (index, cell) in cells.enumerated() {
        var (head, options): (String, [String])
        switch cell {
        case .number(let value, let scale, let squared):
          (head, options) = ("number", ["value: \(index == 0 ? "$start" : "\(value)")", "scale: \(scale)", "squared: \(squared)"])
        case .file(let name): (head, options) = ("file", ["path: \(name)"])
        case .add(let terms): (head, options) = ("add", ["terms: [\(terms.map { "c\($0)" }.joined(separator: ", "))]"])
        }
        if isReversed { options.reverse() }
        body += "```{\(head) #c\(index)}\n\(comment)\(options.joined(separator: "\n"))\n```\n\nIt is {{ c\(index).value }}.\n\n"
        if let caption = captions[index] { body += "```{plot #fig-\(index)}\ndata: c\(index)\ncaption: \(caption)\n```\n\n" }
      }
      return document(body, frontMatter: "parameters:\n  start: { type: integer, default: \(parameter), range: 0...900 }\n")
    }

    func write(_ workshop: Workshop) throws {
      try workshop.write(text)
      for (name, bytes) in files { try writeFile(String(repeating: "x", count: bytes), to: "\(workshop.folder)/\(name)") }
    }

    /// What every cell is, worked out without the engine.
    var values: [Double] {
      var values: [Double] = []
      for (index, cell) in cells.enumerated() {
        switch cell {
        case .number(let value, let scale, let squared):
          let value = Double(index == 0 ? parameter : value)
          values.append(value * Double(scale) * (squared ? value : 1))
        case .file(let name): values.append(Double(files[name] ?? 0))
        case .add(let terms): values.append(terms.map { values[$0] }.reduce(0, +))
        }
      }
      return values
    }

    /// For each cell everything that decides its result, spelled out: two cells of one identity are computed once.
    var identities: [String] {
      var identities: [String] = []
      for (index, cell) in cells.enumerated() {
        switch cell {
        case .number(let value, let scale, let squared):
          identities.append("number \(index == 0 ? parameter : value) \(scale) \(squared)")
        case .file(let name): identities.append("file \(name) of \(files[name] ?? 0)")
        case .add(let terms): identities.append("add(\(terms.sorted().map { "c\($0): \(identities[$0])" }.joined(separator: ", ")))")
        }
      }
      return identities
    }

    /// Changes one thing.
    /// - Returns: what it was.
    mutating func mutate(_ random: inout SeededGenerator) -> String {
      let index = Int.random(in: cells.indices, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        sentence += " More."
        return "a sentence"
      case 1:
        for plot in captions.keys { captions[plot] = "A longer line." }
        return "captions"
      case 2:
        comment = "# a comment\n"
        return "a comment in options"
      case 3:
        isReversed.toggle()
        return "the order of options"
      case 4:
        parameter += 1
        return "a parameter"
      case 5: return "nothing"
      default:
        switch cells[index] {
        case .number(let value, let scale, let squared):
          switch Int.random(in: 0..<(index == 0 ? 2 : 3), using: &random) {
          case 0: cells[index] = .number(value: value, scale: scale % 9 + 1, squared: squared)
          case 1: cells[index] = .number(value: value, scale: scale, squared: !squared)
          default: cells[index] = .number(value: value + 1, scale: scale, squared: squared)
          }
          return "an option of c\(index)"
        case .file(let name):
          files[name, default: 0] += 1
          return "the content of \(name)"
        case .add(let terms):
          let others = (0..<index).filter { !terms.contains($0) }
          if let more = others.randomElement(using: &random) {
            cells[index] = .add(terms: terms + [more])
          } else if terms.count > 1 {
            cells[index] = .add(terms: Array(terms.dropLast()))
          } else {
            return "nothing"
          }
          return "the needs of c\(index)"
        }
      }
    }
  }

  /// 40 arguments of 25 reports each, every one changed three times.
  @Test(arguments: 0..<40 as Range<UInt64>) func runsExactlyWhatAChangeTouches(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<25 {
      var draft = Draft(&random)
      try await withWorkshop { workshop in
        try draft.write(workshop)
        try await workshop.render()
        var known = Set(draft.identities)
        for _ in 0..<3 {
          let what = draft.mutate(&random), identities = draft.identities
          var expected: [Int] = []
          for (index, identity) in identities.enumerated() where known.insert(identity).inserted { expected.append(index) }
          try draft.write(workshop)
          let result = try await workshop.render()
          #expect(result.ran.sorted() == expected.map { "c\($0)" }, "\(what) of\n\(draft.text)")
          let values = draft.cells.indices.map { index in
            result.results.cells.first { $0.id == "c\(index)" }?.values["value"]?.double
          }
          #expect(values == draft.values, "\(what) of\n\(draft.text)")
        }
      }
    }
  }
}
