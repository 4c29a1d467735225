import Files
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Serves a preview to browsers on this machine, and to nobody else.
///
/// It listens on 127.0.0.1 alone and answers five addresses from memory; no address names a file. A request whose `Host` is not
/// this machine is refused, so that no other site's name can be made to lead here, and so is a command that another page sends.
public struct PreviewServer: Sendable {
  let preview: Preview

  public init(_ preview: Preview) { self.preview = preview }

  /// Serves until the task is cancelled.
  /// - Parameters:
  ///   - port: 0 takes one that is free.
  ///   - isRunning: takes the address when the server listens.
  public func run(port: Int, isRunning: @escaping @Sendable (_ address: String) -> Void) async throws {
    var logger = Logger(label: "preview")
    logger.logLevel = .critical  // a browser that goes away is no news
    let application = Application(
      router: router(), configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { channel in isRunning("http://127.0.0.1:\(channel.localAddress?.port ?? port)/") }, logger: logger)
    // A server that is cancelled drops what browsers are about to send, so it is told to end instead.
    let services = ServiceGroup(configuration: ServiceGroupConfiguration(services: [application], logger: logger))
    let running = Task { try await services.run() }
    try await withTaskCancellationHandler {
      try await running.value
    } onCancel: {
      Task { await services.triggerGracefulShutdown() }
    }
  }

  func router() -> Router<BasicRequestContext> {
    let router = Router()
    router.add(middleware: LocalOnly())
    router.get("/") { _, _ in Self.answer(PackageResources.preview_html, "text/html; charset=utf-8") }
    router.get("/preview.css") { _, _ in Self.answer(PackageResources.preview_css, "text/css; charset=utf-8") }
    router.get("/preview.js") { _, _ in Self.answer(PackageResources.preview_js, "text/javascript; charset=utf-8") }
    router.get("/page") { [preview] _, _ in try Self.answer(preview.page, "text/html; charset=utf-8") }
    router.get("/curve") { [preview] _, _ in try Self.answer(preview.sketch, "image/svg+xml") }
    router.get("/events") { [preview] _, _ in Self.events(of: preview) }
    router.post("/cancel") { [preview] _, _ in
      preview.cancel()
      return HTTPResponse.Status.noContent
    }
    router.post("/render") { [preview] _, _ in
      preview.renderAgain()
      return HTTPResponse.Status.noContent
    }
    return router
  }

  private static func answer(_ data: Data?, _ type: String) throws -> Response {
    guard let data else { throw HTTPError(.notFound) }
    return answer(Array(data), type)
  }

  private static func answer(_ bytes: [UInt8], _ type: String) -> Response {
    Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// The state now and at every change, as server-sent events; a remark from time to time tells whether the browser is there.
  /// Source: WHATWG, HTML, Server-sent events.
  private static func events(of preview: Preview) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/event-stream"],
      body: .init { writer in
        var (sent, silence) = (-1, 0)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
          let (version, state) = preview.state
          if version != sent {
            let text = try CanonicalJSON.text(state, pretty: false)
            try await writer.write(ByteBuffer(string: "data: \(text)\n\n"))
            (sent, silence) = (version, 0)
          } else if silence >= 50 {
            try await writer.write(ByteBuffer(string: ":\n\n"))
            silence = 0
          }
          silence += 1
          try await Task.sleep(for: .milliseconds(100))
        }
        try await writer.finish(nil)
      })
  }
}

/// Refuses what does not come from a page of this very server, and sets what keeps its pages apart from others.
private struct LocalOnly: RouterMiddleware {
  typealias Context = BasicRequestContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    if Self.isAllowed(request) {
      do { response = try await next(request, context) } catch let error as HTTPError {
        response = Response(status: error.status)
      }
    } else {
      response = Response(status: .forbidden)
    }
    for (name, value) in Self.fields { response.headers[name] = value }
    return response
  }

  static func isAllowed(_ request: Request) -> Bool {
    // Without a name of this machine in `Host`, another site's name was made to lead here (DNS rebinding).
    let authority = request.head.authority ?? ""
    let host = String(authority.prefix { $0 != ":" })
    guard ["127.0.0.1", "localhost"].contains(host), authority.dropFirst(host.count + 1).allSatisfy(\.isNumber) else { return false }
    guard request.method != .get, request.method != .head else { return true }
    // Browsers always say where a command comes from.
    guard let origin = HTTPField.Name("Origin").flatMap({ request.headers[$0] }) else { return false }
    return origin == "http://\(authority)"
  }

  /// The report's page has a policy of its own beside this one: both hold.
  private static let fields: [(HTTPField.Name, String)] = [
    (.cacheControl, "no-store"), (.contentSecurityPolicy, "frame-ancestors 'self'"), (.xContentTypeOptions, "nosniff"),
  ] + [("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "SAMEORIGIN")]
    .compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
