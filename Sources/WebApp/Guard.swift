import Crypto
import Foundation
import HTTPTypes
import Hummingbird

/// Who may ask, and what keeps the pages apart from others.
///
/// On the loopback interface a request's `Host` must be this machine, so that no other site's name can be made to lead here
/// (DNS rebinding). Elsewhere a token is needed: as a bearer token (RFC 6750), or in the cookie that ``enter`` sets. A command
/// of a browser must come from a page of this server (`Origin`).
struct Guard: Sendable {
  let token: String?
  let isLoopback: Bool

  static let cookie = "ecgbook_token"
  /// What anyone may ask for.
  static let open: Set<String> = ["/health/live", "/health/ready", "/app.css", "/app.js", "/enter"]

  enum Verdict: Equatable { case allowed, unknown, foreign }

  func judge(_ request: Request) -> Verdict {
    let authority = request.head.authority ?? ""
    if isLoopback, token == nil {
      let host = authority.hasPrefix("[") ? String(authority.prefix { $0 != "]" }) + "]" : String(authority.prefix { $0 != ":" })
      guard ["127.0.0.1", "localhost", "[::1]"].contains(host) else { return .foreign }
    }
    if request.method != .get, request.method != .head, let origin = request.headers[.origin] {
      guard origin == "http://\(authority)" || origin == "https://\(authority)" else { return .foreign }
    }
    guard let token, !Self.open.contains(request.uri.path) else { return .allowed }
    if let field = request.headers[.authorization], field.lowercased().hasPrefix("bearer ") {
      return Self.areEqual(String(field.dropFirst(7)), token) ? .allowed : .unknown
    }
    let given = request.cookies[Self.cookie]?.value
    return given.map { Self.areEqual($0, Self.ticket(for: token)) } ?? false ? .allowed : .unknown
  }

  /// What the cookie holds in place of the token.
  static func ticket(for token: String) -> String {
    HMAC<SHA256>.authenticationCode(for: Array("ecgbook".utf8), using: SymmetricKey(data: Array(token.utf8))).hex
  }

  /// In a time that does not tell where two texts differ.
  static func areEqual(_ one: String, _ other: String) -> Bool {
    SHA256.hash(data: Array(one.utf8)) == SHA256.hash(data: Array(other.utf8))
  }

  /// - Parameter nonce: of the style sheet within the page.
  static func fields(nonce: String?) -> [(HTTPField.Name, String)] {
    let style = nonce.map { "style-src 'self' 'nonce-\($0)'" } ?? "style-src 'self'"
    let policy = [
      "default-src 'none'", style, "script-src 'self'", "connect-src 'self'", "img-src data:", "form-action 'self'", "base-uri 'none'",
      "frame-ancestors 'none'",
    ]
    return [
      (.cacheControl, "no-store"), (.contentSecurityPolicy, policy.joined(separator: "; ")), (.xContentTypeOptions, "nosniff"),
    ] + [
      ("Referrer-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("X-Frame-Options", "DENY"), ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
  }
}
