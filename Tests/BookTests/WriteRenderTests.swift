import Book
import Foundation
import Testing

/// Writes the sample where ECGBOOK_SAMPLE names a folder, to look at; it checks nothing.
@Test(
  .enabled(
    if: ProcessInfo.processInfo.environment["ECGBOOK_SAMPLE"] != nil, "set ECGBOOK_SAMPLE=FOLDER to look at the sample")
)
func writesTheSampleToLookAt() throws {
  let folder = ProcessInfo.processInfo.environment["ECGBOOK_SAMPLE"] ?? "."
  let page = Sample.report()
  let clock = ContinuousClock()
  let long = Sample.longReport()
  for _ in 0..<3 {
    var (text, file) = ("", Data())
    let htmlTime = try clock.measure { text = try html(page) }
    let pdfTime = try clock.measure { file = try pdf(page) }
    print("HTML \(text.utf8.count) bytes in \(htmlTime), PDF \(file.count) bytes in \(pdfTime)")
    let longHTML = try clock.measure { _ = try html(long) }
    let longPDF = try clock.measure { file = try pdf(long) }
    print("12 figures: HTML in \(longHTML), PDF of \(file.count) bytes in \(longPDF)")
    try file.write(to: URL(filePath: folder + "/long.pdf"))
    file = try pdf(page)
    try Data(text.utf8).write(to: URL(filePath: folder + "/sample.html"))
    try file.write(to: URL(filePath: folder + "/sample.pdf"))
  }
}
