import Drawing
import Figures
import Foundation
import TestSupport
import Testing

/// What a printer is told: paper, pulses and traces, read back from the operators of the PDF.
@Suite(.enabled(if: PDFPaths.isPossible, "needs qpdf")) struct PaperGeometryTests {
  /// A setting of the page, and the ECG of known shape that is printed with it.
  struct Print: CustomTestStringConvertible {
    var page: ECGPage
    var testDescription: String {
      "\(page.layout), \(page.order), \(page.timing), \(page.speed) mm/s, \(page.gain) mm/mV"
    }
  }

  /// Square waves of 1 mV and 0.4 s; in lead II, which is the rhythm strip too, a sine of that height and period.
  static func page(
    _ layout: ECGPage.Layout, _ order: ECGPage.Order, _ timing: ECGPage.Timing, _ speed: Double, _ gain: Double
  )
    -> Print
  {
    let leads = Example.leadNames.map { name in
      ECGPage.Lead(
        name: name,
        millivolts: (0...5000).map { sample in
          let phase = Double((sample + 25) % 200) / 200
          return name == "II" ? Float(0.5 * sin(2 * .pi * phase)) : phase < 0.5 ? 0.5 : -0.5
        })
    }
    var page = ECGPage(leads: leads, samplingRate: 500, layout: layout, speed: speed, gain: gain)
    (page.order, page.timing) = (order, timing)
    page.identification = ["Known waves"]
    page.maximumHeight = 700  // no name interrupts a trace
    return Print(page: page)
  }

  static let prints = ECGPage.Layout.allCases.flatMap { layout in
    ECGPage.Order.allCases.flatMap { order in
      [(25.0, 10.0), (25, 5), (25, 20), (50, 10), (12.5, 5)].map { speed, gain in
        page(layout, order, speed > 25 ? .simultaneous : .sequential, speed, gain)
      }
    }
  }

  /// The lines of each print, all from one PDF of many pages.
  static let printed: [[PDFPaths.Line]] =
    (try? withTemporaryFolder { folder in
      let document = PDFDocument(pages: prints.map { $0.page.scene() }, title: "Known waves")
      try pdf(document).write(to: URL(filePath: folder + "/a.pdf"))
      return try PDFPaths.lines(ofPDF: folder + "/a.pdf")
    }) ?? []

  private func lines(_ index: Int, like stroke: Stroke) throws -> [PDFPaths.Line] {
    try #require(Self.printed.count == Self.prints.count)
    let color = [stroke.color.red, stroke.color.green, stroke.color.blue]
    return Self.printed[index].filter { line in
      zip(line.color, color).allSatisfy { abs($0 - $1) < 1e-5 } && abs(line.width - stroke.width / mm) < 1e-4
    }
  }

  /// Pulses stand left of the traces, one on each row.
  private func pulsesAndTraces(_ index: Int) throws -> (pulses: [PDFPaths.Line], traces: [PDFPaths.Line]) {
    let all = try lines(index, like: Theme.ECG.trace)
    let left = max(0.2 * Self.prints[index].page.speed + 5, 10)
    let pulses = all.filter { $0.points.allSatisfy { $0.x < left } }
    return (pulses, all.filter { $0.points.count > 2 && !$0.points.allSatisfy { $0.x < left } })
  }

  @Test(arguments: prints.indices) func rulesMillimetres(index: Int) throws {
    let (fine, bold) = (try lines(index, like: Theme.ECG.fineLine), try lines(index, like: Theme.ECG.boldLine))
    for isVertical in [true, false] {
      func places(_ lines: [PDFPaths.Line]) -> [Double] {
        lines.filter { abs(isVertical ? $0.points[0].x - $0.points[1].x : $0.points[0].y - $0.points[1].y) < 1e-6 }
          .map { isVertical ? $0.points[0].x : $0.points[0].y }.sorted()
      }
      let strong = places(bold)
      let all = (places(fine) + strong).sorted()
      #expect(all.count > 50)
      for (a, b) in zip(all, all.dropFirst()) { #expect(abs(b - a - 1) < 0.005) }
      for (a, b) in zip(strong, strong.dropFirst()) { #expect(abs(b - a - 5) < 0.005) }
      let (first, last) = (try #require(all.first), try #require(all.last))
      #expect(abs(last - first - (last - first).rounded()) < 0.005 * (last - first) / 100)  // nothing adds up
    }
  }

  @Test(arguments: prints.indices) func printsAPulseOf200MillisecondsAnd1MillivoltOnEachRow(index: Int) throws {
    let page = Self.prints[index].page
    let (pulses, _) = try pulsesAndTraces(index)
    let rows = 12 / page.layout.columns + (page.layout == .twelveByOne ? 0 : 1)
    #expect(pulses.count == rows)
    for pulse in pulses.map(\.points) {
      try #require(pulse.count == 6)
      #expect(abs(pulse[3].x - pulse[2].x - 0.2 * page.speed) < 0.005 * 0.2 * page.speed)
      #expect(abs(pulse[1].y - pulse[2].y - page.gain) < 0.005 * page.gain)
      #expect(pulse[0].y == pulse[5].y && pulse[1].x == pulse[2].x && pulse[3].x == pulse[4].x)
    }
    // Each row's zero line lies on a line of the paper.
    let paper = try #require(try lines(index, like: Theme.ECG.boldLine).flatMap(\.points).map(\.y).min())
    for pulse in pulses { #expect(abs((pulse.points[0].y - paper).remainder(dividingBy: 1)) < 0.005) }
  }

  @Test(arguments: prints.indices) func printsKnownWavesTrue(index: Int) throws {
    let page = Self.prints[index].page
    let (pulses, traces) = try pulsesAndTraces(index)
    #expect(traces.count == 12 + (page.layout == .twelveByOne ? 0 : 1))
    let zeroLines = pulses.map { $0.points[0].y }
    for trace in traces.map(\.points) {
      let (top, bottom) = (try #require(trace.map(\.y).min()), try #require(trace.map(\.y).max()))
      #expect(abs(bottom - top - page.gain) < 0.005 * page.gain)  // 1 mV
      let middle = (top + bottom) / 2
      #expect(zeroLines.contains { abs($0 - middle) < 0.005 * page.gain })
      // Where the wave goes up through its middle: once in 0.4 s.
      var crossings: [Double] = []
      for (a, b) in zip(trace, trace.dropFirst()) where a.y > middle && b.y <= middle {
        crossings.append(a.x + (b.x - a.x) * (a.y - middle) / (a.y - b.y))
      }
      #expect(crossings.count >= 4)
      for (a, b) in zip(crossings, crossings.dropFirst()) {
        #expect(abs(b - a - 0.4 * page.speed) < 0.005 * 0.4 * page.speed)
      }
    }
  }
}

private let mm = 72 / 25.4
