import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import WebApp

@Suite struct GuardTests {
  @Test(arguments: [("evil.example", 403), ("localhost", 200), ("127.0.0.1:8080", 200), ("[::1]:8080", 200), ("localhost.evil.example", 403), ("", 403)])
  func answersOnlyToNamesOfThisMachine(host: String, status: Int) async throws {
    try await withTemporaryFolder { folder in
      let answer = try await Site(folder).ask(.get, "/", host: host)
      #expect(answer.status == status)
    }
  }

  @Test(arguments: [("http://evil.example", 403), ("null", 403), ("http://localhost", 422), (nil, 422)])
  func takesNoCommandFromAnotherSite(origin: String?, status: Int) async throws {
    try await withTemporaryFolder { folder in
      let (type, body) = Site.form([])
      var headers: [HTTPField.Name: String] = [.contentType: type]
      headers[.origin] = origin
      let answer = try await Site(folder).ask(.post, "/readings", headers, body: body)
      #expect(answer.status == status)
    }
  }

  @Test func needsTheTokenWhereThereIsOne() async throws {
    try await withTemporaryFolder { folder in
      let token = "0123456789abcdef"
      let site = try Site(folder) { ($0.host, $0.token) = ("0.0.0.0", token) }
      let unknown = try await site.ask(path: "/api/samples")
      #expect(unknown.status == 401 && unknown.headers[.wwwAuthenticate] == "Bearer")
      #expect(try await site.ask(path: "/api/openapi.json", [.authorization: "Bearer \(token)"]).status == 200)
      #expect(try await site.ask(path: "/api/openapi.json", [.authorization: "Bearer \(token)0"]).status == 401)
      let door = try await site.ask(path: "/")
      #expect(door.status == 401 && door.text.contains("name=\"token\""))
      #expect(try await site.send("/enter", [], fields: ["token": "wrong"]).status == 401)
      let entered = try await site.send("/enter", [], fields: ["token": token])
      let cookie = try #require(entered.headers[.setCookie])
      #expect(entered.status == 303 && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(token))
      let pair = String(cookie.prefix { $0 != ";" })
      #expect(try await site.ask(path: "/", [.cookie: pair]).status == 200)
      #expect(try await site.ask(path: "/", [.cookie: "\(Guard.cookie)=00"]).status == 401)
      #expect(try await site.ask(path: "/health/live").status == 200)
    }
  }

  /// What browsers may do with a page stands in every answer, and no page needs more.
  @Test(arguments: ["/", "/nowhere", "/app.css", "/api/nowhere", "/api/openapi.json"])
  func forbidsWhatNoPageNeeds(path: String) async throws {
    try await withTemporaryFolder { folder in
      let answer = try await Site(folder).ask(path: path)
      let policy = try #require(answer.headers[.contentSecurityPolicy])
      for part in ["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'"] { #expect(policy.contains(part)) }
      #expect(!policy.contains("unsafe") && answer.headers[.xContentTypeOptions] == "nosniff" && answer.headers[.cacheControl] == "no-store")
    }
  }

  @Test func asksNobodyElseForAnything() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      let sent = try await site.send("/readings?lang=de", Site.recording())
      for path in ["/", try #require(sent.headers[.location])] {
        let text = try await site.ask(path: path).text
        let outside = text.matches(of: /(src|href|action)="(https?:)?\/\/[^"]*"/).map { String($0.output.0) }
        #expect(outside.isEmpty, "\(outside)")
        #expect(text.matches(of: /[ ](style|on[a-z]+)="/).isEmpty)
      }
    }
  }

  @Test func hasTheSameWordsInEveryLanguage() throws {
    let english = Words.of("en"), german = Words.of("de")
    #expect(english.keys == german.keys && english.keys.count > 100)
    let folder = SharedData.root + "/Sources/WebApp/Resources"
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".mustache") {
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      for found in text.matches(of: /\{\{w\.([A-Za-z0-9.]+)\}\}/) {
        #expect(english.keys.contains(String(found.output.1)), "\(file): \(found.output.1)")
      }
    }
  }
}
