import TestSupport
import Testing

@testable import WebApp

@Suite struct MultipartTests {
  @Test func readsFilesAndFields() throws {
    let (type, body) = Site.form([("a.hea", [1, 13, 10, 2]), ("b.dat", [])], fields: ["age": "61"])
    let form = try Multipart(body, contentType: type)
    #expect(form.field("age") == "61")
    #expect(form.files.map(\.fileName) == ["a.hea", "b.dat"])
    #expect(form.files.map { Array($0.content) } == [[1, 13, 10, 2], []])
  }

  /// RFC 2046 section 5.1: a preamble, and a boundary in quotation marks.
  @Test func readsWhatMayStandAround() throws {
    let text = "to be ignored\r\n--a b\r\ncontent-disposition:form-data;name=x\r\n\r\n1\r\n--a b\r\nContent-Disposition: form-data; name=\"y; z\"\r\nX: 1\r\n\r\n2\r\n--a b--\r\nand this"
    let form = try Multipart(Array(text.utf8), contentType: "multipart/form-data; charset=utf-8; boundary=\"a b\"")
    #expect(form.field("x") == "1" && form.field("y; z") == "2")
  }

  @Test(arguments: [
    ("multipart/form-data", "--X\r\n", "no boundary"), ("multipart/form-data; boundary=X", "nothing", "does not occur"),
    ("multipart/form-data; boundary=X", "--X\r\nContent-Disposition: form-data; name=a\r\n\r\nno end", "no end"),
    ("multipart/form-data; boundary=X", "--X\r\n\r\n\r\n--X--", "no header fields"), ("multipart/form-data; boundary=X", "--X", "ends within"),
    ("multipart/form-data; boundary=X", "--X\r\nContent-Disposition: form-data\r\n\r\n1\r\n--X--", "no name"),
  ])
  func saysWhatIsMalformed(type: String, text: String, reason: String) throws {
    let error = #expect(throws: Multipart.Malformed.self) { try Multipart(Array(text.utf8), contentType: type) }
    #expect(error?.description.contains(reason) ?? false, "\(error?.description ?? "")")
  }

  @Test func trapsOnNothing() {
    var generator = SeededGenerator(seed: 7)
    let (type, body) = Site.form([("a.hea", [1, 13, 10, 45, 45])], fields: ["age": "61"])
    for length in 0...body.count { _ = try? Multipart(Array(body.prefix(length)), contentType: type) }
    for _ in 0..<3000 {
      var bytes = body
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert([45, 13, 10, 88, 34, 59].randomElement(using: &generator) ?? 0, at: place)
        }
      }
      _ = try? Multipart(bytes, contentType: type)
    }
  }
}
