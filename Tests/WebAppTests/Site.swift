import Book
import Cells
import Files
import Formats
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import PTBXL
import Synchronization
import Synthesis
import TestSupport
import WFDB

@testable import WebApp

/// The web app without a socket: what its router answers. Files are read in this process; no network is asked.
struct Site: Sendable {
  let app: WebApp
  private let respond: @Sendable (Request) async throws -> Response

  struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
    func json() throws -> [String: Any] { try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:] }
  }

  /// - Parameter folder: of the test, removed by it.
  init(_ folder: String, model: String = "none", samples: String? = nil, _ change: (inout WebApp.Configuration) -> Void = { _ in }) throws {
    var configuration = WebApp.Configuration(program: "")
    configuration.data = samples
    change(&configuration)
    let interpreter = Interpreter(
      model: model, folder: folder, registry: CellRegistry(cellKinds), library: try citationLibrary(), tools: ["ecgbook": "test"],
      exchange: { results, pdf, record in try fhirBundle(of: results, pdf: pdf, record: ECGFile(path: record)) },
      report: { SharedData.root + "/reports/" + $0 })
    let longest = Double(configuration.limits.recordingSeconds)
    let app = try WebApp(configuration, interpreter: interpreter, folder: folder) {
      UploadReading(ofFilesIn: $0, confinement: [], longest: longest)
    }
    self.app = app
    let responder = app.router().buildResponder()
    respond = { request in
      let source = ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: Logger(label: "test"))
      return try await responder.respond(to: request, context: AppContext(source: source))
    }
  }

  func ask(
    _ method: HTTPRequest.Method = .get, _ path: String, _ headers: [HTTPField.Name: String] = [:], host: String = "localhost",
    body: [UInt8] = []
  ) async throws -> Answer {
    var fields = HTTPFields()
    for (name, value) in headers { fields[name] = value }
    let head = HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: fields)
    let response = try await respond(Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))))
    let collector = Collector()
    try await response.body.write(collector)
    return Answer(status: response.status.code, headers: response.headers, body: collector.bytes.withLock { $0 })
  }

  /// Sends a form as a browser does.
  func send(_ path: String, _ files: [(name: String, content: [UInt8])], fields: [String: String] = [:]) async throws -> Answer {
    let (type, body) = Self.form(files, fields: fields)
    return try await ask(.post, path, [.contentType: type], body: body)
  }

  static func form(_ files: [(name: String, content: [UInt8])], fields: [String: String] = [:]) -> (type: String, body: [UInt8]) {
    var body: [UInt8] = []
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      body += Array("--XbX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }
    for (name, content) in files {
      body += Array("--XbX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\(name)\"\r\nContent-Type: application/octet-stream\r\n\r\n".utf8)
      body += content + Array("\r\n".utf8)
    }
    return ("multipart/form-data; boundary=XbX", body + Array("--XbX--\r\n".utf8))
  }

  /// A made recording of ten seconds as its two files.
  static func recording(_ diagnoses: [Diagnosis] = [], name: String = "rec", comments: [String] = [], seed: UInt64 = 1) throws -> [(name: String, content: [UInt8])] {
    let ecg = SyntheticECG(diagnoses, disturbance: .quiet, seed: seed)
    let record = try EncodedRecord(name: name, samplingFrequency: ecg.samplingRate, leads: ecg.leads, comments: comments)
    return [("\(name).hea", Array(record.header)), ("\(name).dat", Array(record.signals))]
  }
}

/// Takes what a response writes.
private final class Collector: ResponseBodyWriter {
  let bytes = Mutex<[UInt8]>([])
  func write(_ buffer: ByteBuffer) async throws { bytes.withLock { $0 += Array(buffer.readableBytesView) } }
  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
