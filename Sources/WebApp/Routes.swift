import Book
import Drawing
import Files
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import PTBXL

/// What a request says of where it comes from.
struct AppContext: RequestContext, RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  let remoteAddress: SocketAddress?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    remoteAddress = source.channel.remoteAddress
  }
}

extension WebApp {
  func router() -> Router<AppContext> {
    let router = Router(context: AppContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: Answers(app: self))
    router.get("/app.css") { _, _ in Self.answer(PackageResources.app_css, "text/css; charset=utf-8") }
    router.get("/app.js") { _, _ in Self.answer(PackageResources.app_js, "text/javascript; charset=utf-8") }
    router.get("/") { request, _ in try startPage(request) }
    router.post("/enter") { request, _ in try await enter(request) }
    router.post("/readings") { request, context in
      let language = language(of: request)
      let (reading, _) = try await accept(try await upload(request), client: client(request, context), language: language)
      return Self.redirect("/readings/\(reading.id)?lang=\(language)")
    }
    router.get("/readings/{id}") { request, context in try await readingPage(request, try await find(context)) }
    router.post("/readings/{id}/compare") { request, context in
      let language = language(of: request), reading = try await find(context)
      let (earlier, _) = try await accept(try await upload(request), client: client(request, context), language: language)
      return Self.redirect("/readings/\(reading.id)?lang=\(language)&with=\(earlier.id)")
    }
    router.post("/readings/{id}/forget") { request, context in
      await forget(try await find(context))
      return Self.redirect("/?lang=\(language(of: request))")
    }

    router.get("/api/openapi.json") { _, _ in Self.answer(PackageResources.openapi_json, "application/json") }
    router.get("/api/samples") { request, _ in try samplesDocument(request) }
    router.post("/api/interpretations") { request, context in
      let language = language(of: request)
      let (reading, answer) = try await accept(try await upload(request), client: client(request, context), language: language)
      let document = InterpretationDocument(id: reading.id, reading, answer, language: language)
      var response = try Self.json(document, .created)
      response.headers[.location] = "/api/interpretations/\(reading.id)"
      return response
    }
    router.get("/api/interpretations/{id}") { request, context in try await document(request, try await find(context)) }
    router.delete("/api/interpretations/{id}") { _, context in
      await forget(try await find(context))
      return Response(status: .noContent)
    }
    for base in ["/readings/{id}", "/api/interpretations/{id}"] {
      router.get("\(base)/{file}") { request, context in try await file(request, try await find(context), try context.parameters.require("file")) }
    }

    router.get("/health/live") { _, _ in Self.answer(Array("alive\n".utf8), "text/plain; charset=utf-8") }
    router.get("/health/ready") { _, _ in
      let load = gate.load
      let isReady = load.running < configuration.limits.atOnce || load.waiting < configuration.limits.waiting
      return Self.answer(Array("\(isReady ? "ready" : "busy")\n".utf8), "text/plain; charset=utf-8", status: isReady ? .ok : .serviceUnavailable)
    }
    router.get("/metrics") { _, _ in
      Self.answer(Array(metrics.text(load: gate.load, kept: await readings.count).utf8), "text/plain; version=0.0.4; charset=utf-8")
    }
    return router
  }

  // MARK: What is asked

  func language(of request: Request) -> String {
    if let asked = request.uri.queryParameters["lang"].map(String.init), Words.languages.contains(asked) { return asked }
    return Words.preferred(request.headers[.acceptLanguage])
  }

  /// The address that limits count by: the proxy's word for it where one stands before this server.
  private func client(_ request: Request, _ context: AppContext) -> String {
    if configuration.isBehindProxy, let name = HTTPField.Name("X-Forwarded-For"), let field = request.headers[name],
      let last = field.split(separator: ",").last
    {
      return last.trimmingCharacters(in: .whitespaces)
    }
    return context.remoteAddress?.ipAddress ?? ""
  }

  private func find(_ context: AppContext) async throws -> Readings.Reading {
    guard let reading = await readings.reading(try context.parameters.require("id")) else { throw HTTPError(.notFound) }
    return reading
  }

  /// Nothing of it stays, neither in a folder nor in memory.
  private func forget(_ reading: Readings.Reading) async { await readings.remove(reading.id) }

  private func view(_ request: Request) throws -> Interpreter.View {
    let query = request.uri.queryParameters
    var view = Interpreter.View()
    func take(_ name: String, _ allowed: [String]?, _ value: inout String) throws {
      guard let given = query[Substring(name)].map(String.init), !given.isEmpty else { return }
      guard allowed.map({ $0.contains(given) }) ?? (given.utf8.count <= 32) else {
        throw Problem(.badRequest, "\(name) is '\(given.prefix(32))'; expected " + (allowed ?? []).joined(separator: ", "))
      }
      value = given
    }
    try take("layout", Interpreter.View.layouts, &view.layout)
    try take("order", Interpreter.View.orders, &view.order)
    try take("speed", Interpreter.View.speeds, &view.speed)
    try take("gain", Interpreter.View.gains, &view.gain)
    try take("explain", nil, &view.explain)
    try take("lead", nil, &view.lead)
    return view
  }

  /// The files of a form, of a body that is one file (`?name=test.scp`), or of a sample.
  private func upload(_ request: Request) async throws -> Upload {
    let query = request.uri.queryParameters
    func field(_ name: String) -> String? { query[Substring(name)].map(String.init) }
    let type = request.headers[.contentType] ?? ""
    let body = try await held(request)
    let form: Form
    if type.lowercased().hasPrefix("multipart/form-data") {
      form = Form(try Multipart(body.bytes, contentType: type))
    } else if let name = field("name") {
      form = Form(files: [Upload.File(name: name, content: body.bytes[...])])
    } else if type.lowercased().hasPrefix("application/x-www-form-urlencoded") {
      form = Form(urlEncoded: String(decoding: body.bytes.prefix(4096), as: UTF8.self))
    } else if field("sample") != nil {
      form = Form(files: [])
    } else {
      throw Problem(.unsupportedMediaType, "the body is '\(type.prefix(60))'; expected multipart/form-data with files, or one file with ?name=")
    }
    let person = try Upload.Person(age: form.fields["age"] ?? field("age"), sex: form.fields["sex"] ?? field("sex"))
    if let sample = form.fields["sample"] ?? field("sample"), !sample.isEmpty, form.files.isEmpty {
      guard let number = Int(sample) else { throw UploadRefusal("the sample is '\(sample.prefix(20))'; expected a number") }
      return try self.sample(number, person: person)
    }
    var upload = try Upload(files: form.files, person: person)
    upload.body = body
    return upload
  }

  private struct Form {
    var fields: [String: String] = [:]
    var files: [Upload.File]
    init(files: [Upload.File]) { self.files = files }
    init(_ multipart: Multipart) {
      for part in multipart.parts where part.fileName == nil { fields[part.name] = String(part.text.prefix(200)) }
      files = multipart.files.map { Upload.File(name: $0.fileName ?? "", content: $0.content) }
    }
    init(urlEncoded text: String) {
      files = []
      for pair in text.split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1).map { $0.replacing("+", with: " ").removingPercentEncoding ?? "" }
        if sides.count == 2 { fields[sides[0]] = sides[1] }
      }
    }
  }

  /// A body that counts against ``Limits/bodiesBytes`` for as long as it is held.
  private final class HeldBody: Sendable {
    let bytes: [UInt8]
    private let giveBack: @Sendable () -> Void
    init(_ bytes: [UInt8], giveBack: @escaping @Sendable () -> Void) { (self.bytes, self.giveBack) = (bytes, giveBack) }
    deinit { giveBack() }
  }

  private func held(_ request: Request) async throws -> HeldBody {
    try await held(request, within: configuration.limits, bodies)
  }

  private func held(_ request: Request, within limits: Limits, _ bodies: ByteBudget) async throws -> HeldBody {
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    let tooLarge = Problem(.contentTooLarge, key: "problem.413.reason", ["\(limits.bodyBytes >> 20)"])
    guard announced ?? 0 <= limits.bodyBytes else { throw tooLarge }
    let room = announced ?? limits.bodyBytes
    guard bodies.take(room) else { throw Problem.busy }
    do {
      let bytes = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
        group.addTask {
          var bytes: [UInt8] = []
          bytes.reserveCapacity(announced ?? 0)
          for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= limits.bodyBytes else { throw tooLarge }
            bytes.append(contentsOf: buffer.readableBytesView)
          }
          return bytes
        }
        group.addTask {
          try await Task.sleep(for: limits.bodyTime)
          return nil
        }
        defer { group.cancelAll() }
        guard let bytes = try await group.next() ?? nil else {
          throw Problem(.requestTimeout, "the body took longer than \(limits.bodyTime.components.seconds) s to arrive")
        }
        return bytes
      }
      return HeldBody(bytes) { bodies.give(back: room) }
    } catch {
      bodies.give(back: room)
      throw error
    }
  }

  // MARK: What is answered

  private func frame(_ request: Request, _ address: String, isReading: Bool = false) -> Pages.Frame {
    Pages.Frame(
      words: .of(language(of: request)), address: address, nonce: UUID().uuidString, isKept: configuration.keep != nil,
      isReading: isReading)
  }

  private func startPage(_ request: Request) throws -> Response {
    let frame = frame(request, "/")
    return Self.page(
      pages.start(frame, model: (interpreter.model as NSString).lastPathComponent, limits: configuration.limits, samples: try samplesContent(request, frame.words)),
      frame)
  }

  func enterPage(_ request: Request, isWrong: Bool) -> Response {
    let frame = frame(request, "/")
    return Self.page(pages.enter(frame, isWrong: isWrong), frame, status: .unauthorized)
  }

  private func enter(_ request: Request) async throws -> Response {
    guard configuration.token != nil else { throw HTTPError(.notFound) }
    // Anyone may ask this, so it takes nothing from those who may ask more.
    var limits = configuration.limits
    (limits.bodyBytes, limits.bodyTime) = (4096, .seconds(5))
    let body = try await held(request, within: limits, ByteBudget(limits.bodyBytes))
    let form = Form(try Multipart(body.bytes, contentType: request.headers[.contentType] ?? ""))
    guard let token = configuration.token, let given = form.fields["token"], Guard.areEqual(given, token) else {
      return enterPage(request, isWrong: true)
    }
    var response = Self.redirect("/?lang=\(language(of: request))")
    let secure = request.headers[.origin].map { $0.hasPrefix("https://") } ?? false
    response.setCookie(
      Cookie(
        name: Guard.cookie, value: Guard.ticket(for: token), path: "/", secure: secure, httpOnly: true, sameSite: .strict))
    return response
  }

  private func readingPage(_ request: Request, _ reading: Readings.Reading) async throws -> Response {
    let view = try view(request)
    let query = request.uri.queryParameters
    var earlier: Readings.Reading?
    if let id = query["with"] {
      earlier = await readings.reading(String(id))
      if earlier == nil { throw HTTPError(.notFound) }
    }
    var frame = frame(request, "/readings/\(reading.id)" + (earlier.map { "?with=\($0.id)" } ?? ""), isReading: true)
    let language = frame.words.language
    let answer = Answer(try await render(reading, language: language, view: view, previous: earlier))
    var page = ReadingPage(
      answer: answer, words: frame.words, view: view, address: "/readings/\(reading.id)", hasSamples: samples != nil,
      warnings: reading.upload.warnings)
    if let earlier {
      page.earlier = (earlier.id, Answer(try await render(earlier, language: language, view: view)))
    }
    frame.style = "@media screen and (prefers-color-scheme: dark) {\n\(darkStyle(of: page.scenes, within: ".plate"))\n}"
    return Self.page(pages.reading(frame, try page.content(), title: answer.page.title), frame)
  }

  private func document(_ request: Request, _ reading: Readings.Reading) async throws -> Response {
    let language = language(of: request)
    let answer = Answer(try await render(reading, language: language))
    return try Self.json(InterpretationDocument(id: reading.id, reading, answer, language: language))
  }

  /// What is taken along.
  private func file(_ request: Request, _ reading: Readings.Reading, _ name: String) async throws -> Response {
    let language = language(of: request)
    if name == "interpretation.json" { return try await document(request, reading) }
    guard ["trace.svg", "report.pdf", "report.html", "report.fhir.json", "results.json"].contains(name) else { throw HTTPError(.notFound) }
    let result = try await render(reading, language: language, view: try view(request))
    switch name {
    case "trace.svg":
      guard let figure = Answer(result).figure("fig-ecg") else { throw HTTPError(.notFound) }
      return Self.answer(Array(try svg(figure.scene, idPrefix: ReadingPage.idPrefix.trace).utf8), "image/svg+xml")
    case "report.pdf": return Self.answer(Array(try PageWriters.standard.pdf?(result.page) ?? Data()), "application/pdf", saveAs: name)
    case "report.html": return Self.answer(Array(try PageWriters.standard.html?(result.page) ?? Data()), "text/html; charset=utf-8", saveAs: name)
    case "report.fhir.json": return Self.answer(Array(try interpreter.fhir(result, reading.recording)), "application/fhir+json", saveAs: name)
    default: return Self.answer(Array(try result.results.text.utf8), "application/json", saveAs: name)
    }
  }

  // MARK: Samples

  private func sampleQuery(_ request: Request) throws -> Samples.Query {
    let query = request.uri.queryParameters
    func text(_ name: String) -> String? { query[Substring(name)].map { String($0.prefix(80)) }.flatMap { $0.isEmpty ? nil : $0 } }
    func whole(_ name: String) throws -> Int? {
      guard let given = text(name) else { return nil }
      guard let number = Int(given), (0...1_000_000).contains(number) else { throw Problem(.badRequest, "\(name) is '\(given)'; expected a whole number") }
      return number
    }
    var found = Samples.Query(number: try whole("number"), diagnosis: text("diagnosis"))
    let (from, to) = (try whole("from"), try whole("to"))
    if from != nil || to != nil {
      guard from ?? 0 <= to ?? 200 else { throw Problem(.badRequest, "ages from \(from ?? 0) to \(to ?? 200) are none") }
      found.ages = (from ?? 0)...(to ?? 200)
    }
    switch text("sex") {
    case "female": found.sex = .female
    case "male": found.sex = .male
    default: break
    }
    return found
  }

  private struct SamplesDocument: Encodable {
    var count: Int
    var samples: [Samples.Sample]
  }

  private func samplesDocument(_ request: Request) throws -> Response {
    guard let samples else { throw HTTPError(.notFound) }
    let (count, found) = samples.find(try sampleQuery(request))
    return try Self.json(SamplesDocument(count: count, samples: found))
  }

  private func samplesContent(_ request: Request, _ words: Words) throws -> [String: Any]? {
    guard let samples else { return nil }
    let query = try sampleQuery(request)
    var content: [String: Any] = [
      "words": words("samples.words", "\(samples.database.records.count)"), "number": query.number.map { "\($0)" } ?? "",
      "diagnosis": query.diagnosis ?? "", "from": query.ages.map { $0.lowerBound == 0 ? "" : "\($0.lowerBound)" } ?? "",
      "to": query.ages.map { $0.upperBound == 200 ? "" : "\($0.upperBound)" } ?? "",
      "codes": samples.codes.map { ["code": $0.code, "name": $0.name] },
      "sexes": [("", "any"), ("female", "female"), ("male", "male")].map { value, key -> [String: Any] in
        ["value": value, "name": words("sex.\(key)"), "chosen": query.sex.map { "\($0)" } ?? "" == value]
      },
    ]
    guard !query.isEmpty else { return content }
    let (count, found) = samples.find(query)
    let rows = found.map { sample -> [String: String] in
      [
        "id": "\(sample.id)", "age": sample.age.map { "\($0)" } ?? (sample.isOver89 ? "> 89" : "–"),
        "sex": sample.sex.map { words("sex.\($0)") } ?? "–", "statements": sample.statements.joined(separator: ", "),
      ]
    }
    content["found"] = [
      "summary": count == 0 ? words("samples.none") : words("samples.found", "\(count)", "\(found.count)"), "any": count > 0, "rows": rows,
    ] as [String: Any]
    return content
  }

  // MARK: Answers

  static func answer(_ bytes: [UInt8], _ type: String, status: HTTPResponse.Status = .ok, saveAs name: String? = nil) -> Response {
    var response = Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    if let name { response.headers[.contentDisposition] = "attachment; filename=\"\(name)\"" }
    return response
  }

  static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok, type: String = "application/json") throws -> Response {
    answer(Array(try CanonicalJSON.data(value)), type, status: status)
  }

  static func page(_ html: String, _ frame: Pages.Frame, status: HTTPResponse.Status = .ok) -> Response {
    var response = answer(Array(html.utf8), "text/html; charset=utf-8", status: status)
    for (name, value) in Guard.fields(nonce: frame.nonce) { response.headers[name] = value }
    return response
  }

  static func redirect(_ address: String) -> Response { Response(status: .seeOther, headers: [.location: address]) }
}

/// Why a request is not answered as asked; its sender reads it.
struct Problem: Error, Equatable {
  var status: HTTPResponse.Status
  /// In English, where it is about the recording or the request.
  var reason: String?
  /// A key of ``Words`` with its values.
  var key: String?
  var values: [String] = []
  var retryAfter: Int?  // seconds

  init(_ status: HTTPResponse.Status, _ reason: String) { (self.status, self.reason) = (status, reason) }
  init(_ status: HTTPResponse.Status, key: String, _ values: [String] = [], retryAfter: Int? = nil) {
    (self.status, self.key, self.values, self.retryAfter) = (status, key, values, retryAfter)
  }

  static let busy = Problem(.serviceUnavailable, key: "problem.503.reason", ["10"], retryAfter: 10)

  /// What an error of any room is to the one who asked.
  init(_ error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let refusal as UploadRefusal: self.init(.unprocessableContent, refusal.description)
    case let form as Multipart.Malformed: self.init(.badRequest, form.description)
    case Gate.Refusal.client(let count): self.init(.tooManyRequests, key: "problem.429.reason", ["\(count)"], retryAfter: 5)
    case is Gate.Refusal: self = .busy
    case let http as HTTPError where http.status == .notFound: self.init(.notFound, key: "problem.404.reason")
    case let http as HTTPError: self.init(http.status, http.body ?? http.status.reasonPhrase)
    default: self.init(.internalServerError, key: "problem.500.reason")
    }
  }
}

/// Turns away who may not ask, turns errors into answers, counts, and says what browsers may do with a page.
struct Answers: RouterMiddleware {
  let app: WebApp

  func handle(
    _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    switch app.guardian.judge(request) {
    case .foreign: response = answer(Problem(.forbidden, "the request comes from another site, or names another host than this"), to: request)
    case .unknown:
      let isProgram = request.uri.path.hasPrefix("/api/") || request.uri.path == "/metrics"
      response = isProgram ? answer(Problem(.unauthorized, "a token is needed: Authorization: Bearer TOKEN"), to: request) : app.enterPage(request, isWrong: false)
      if isProgram { response.headers[.wwwAuthenticate] = "Bearer" }
    case .allowed:
      do { response = try await next(request, context) } catch {
        let problem = Problem(error)
        // A browser that goes away is no news.
        if problem.status == .internalServerError, !"\(type(of: error))".hasPrefix("HTTPParserError"), !(error is CancellationError) { app.log("\(request.method) \(Self.route(request.uri.path)): \(type(of: error))") }
        response = answer(problem, to: request)
      }
    }
    app.metrics.answered(response.status.code)
    for (name, value) in Guard.fields(nonce: nil) where response.headers[name] == nil { response.headers[name] = value }
    return response
  }

  private func answer(_ problem: Problem, to request: Request) -> Response {
    let words = Words.of(app.language(of: request))
    let reason = problem.key.map { words($0, values: problem.values) } ?? problem.reason ?? ""
    var response: Response
    let code = problem.status.code
    if request.uri.path.hasPrefix("/api/") {
      let document = ProblemDocument(status: code, title: words("problem.\(code)"), detail: reason)
      response = (try? WebApp.json(document, problem.status, type: "application/problem+json")) ?? Response(status: problem.status)
    } else {
      let frame = Pages.Frame(words: words, address: "/", nonce: UUID().uuidString, isKept: app.configuration.keep != nil)
      response = WebApp.page(app.pages.problem(frame, status: code, reason: reason, isEnglish: problem.key == nil), frame, status: problem.status)
    }
    if let seconds = problem.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
    return response
  }

  /// A path without what names a recording.
  private static func route(_ path: String) -> String {
    path.split(separator: "/").map { $0.count == 32 && $0.allSatisfy(\.isHexDigit) ? "ID" : $0 }.joined(separator: "/")
  }
}
