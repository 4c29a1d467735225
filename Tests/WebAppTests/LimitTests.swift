import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import WebApp

/// Each limit has an answer of its own.
@Suite struct LimitTests {
  @Test func answers413ForABodyThatIsTooLarge() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { $0.limits.bodyBytes = 1 << 20 }
      let (type, body) = Site.form([("rec.hea", [UInt8](repeating: 65, count: 2 << 20))])
      for headers in [[.contentType: type], [.contentType: type, .contentLength: "\(body.count)"]] as [[HTTPField.Name: String]] {
        let answer = try await site.ask(.post, "/api/interpretations", headers, body: body)
        #expect(answer.status == 413 && answer.text.contains("1 MB"))
      }
      #expect(site.app.bodies.take(site.app.configuration.limits.bodiesBytes), "what was held is given back")
    }
  }

  @Test func answers503WhenNoMoreBodiesMayBeHeld() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { $0.limits.bodiesBytes = 1000 }
      let answer = try await site.send("/api/interpretations", Site.recording())
      #expect(answer.status == 503 && answer.headers[.retryAfter] == "10")
    }
  }

  @Test func answers503WhenTooManyWait() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { ($0.limits.atOnce, $0.limits.waiting) = (1, 0) }
      let door = Door()
      let busy = Task { try await site.app.gate.pass(nil) { await door.wait() } }
      while site.app.gate.load.running == 0 { await Task.yield() }
      let answer = try await site.send("/api/interpretations", Site.recording())
      #expect(answer.status == 503 && answer.headers[.retryAfter] != nil)
      #expect(try await site.ask(path: "/health/ready").status == 503)
      #expect(try await site.ask(path: "/health/live").status == 200)
      door.open()
      try await busy.value
      #expect(try await site.send("/api/interpretations", Site.recording()).status == 201)
    }
  }

  @Test func answers429WhenOneAddressAsksForTooMuch() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder) { $0.limits.perClient = 1 }
      let door = Door()
      let busy = Task { try await site.app.gate.pass("") { await door.wait() } }  // a request without a socket has no address
      while site.app.gate.load.running == 0 { await Task.yield() }
      let answer = try await site.send("/api/interpretations", Site.recording())
      #expect(answer.status == 429 && answer.headers[.retryAfter] != nil)
      door.open()
      try await busy.value
    }
  }

  @Test func letsThoseWhoWaitPassInTheirOrder() async throws {
    var limits = Limits()
    (limits.atOnce, limits.waiting, limits.perClient) = (1, 100, 100)
    let gate = Gate(limits), door = Door(), order = Order()
    let first = Task { try await gate.pass("a") { await door.wait() } }
    while gate.load.running == 0 { await Task.yield() }
    var others: [Task<Void, any Error>] = []
    for number in 0..<20 {
      others.append(Task { try await gate.pass("a") { order.add(number) } })
      while gate.load.waiting <= number { await Task.yield() }
    }
    door.open()
    try await first.value
    for other in others { try await other.value }
    #expect(order.numbers == Array(0..<20))
    #expect(gate.load.running == 0 && gate.load.waiting == 0)
  }

  @Test func letsNobodyWaitForever() async throws {
    var limits = Limits()
    (limits.atOnce, limits.waitingTime) = (1, .milliseconds(20))
    let gate = Gate(limits), door = Door()
    let first = Task { try await gate.pass("a") { await door.wait() } }
    while gate.load.running == 0 { await Task.yield() }
    await #expect(throws: Gate.Refusal.waited) { try await gate.pass("b") {} }
    // One that goes away leaves its place.
    let gone = Task { try await gate.pass("c") {} }
    while gate.load.waiting == 0 { await Task.yield() }
    gone.cancel()
    await #expect(throws: Gate.Refusal.waited) { try await gone.value }
    #expect(gate.load.waiting == 0)
    door.open()
    try await first.value
    try await gate.pass("d") {}
    #expect(gate.load.running == 0)
  }

  /// What fails gives its place back too.
  @Test func countsAFailureOut() async throws {
    struct Fault: Error {}
    let gate = Gate(Limits())
    for _ in 0..<100 { await #expect(throws: Fault.self) { try await gate.pass("a") { throw Fault() } } }
    #expect(gate.load.running == 0)
  }

  @Test func countsForPrometheus() async throws {
    try await withTemporaryFolder { folder in
      let site = try Site(folder)
      _ = try await site.send("/api/interpretations", Site.recording())
      _ = try await site.send("/api/interpretations", [("a.hea", [65])])
      let text = try await site.ask(path: "/metrics").text
      for line in [
        "ecgbook_http_responses_total{status=\"201\"} 1", "ecgbook_http_responses_total{status=\"422\"} 1", "ecgbook_recordings_refused_total 1",
        "ecgbook_recordings_read_total{format=\"WFDB\"} 1", "ecgbook_reading_seconds_count 1", "ecgbook_recordings_kept 1",
      ] { #expect(text.contains(line + "\n"), "\(line)") }
    }
  }
}

/// Who came when.
final class Order: Sendable {
  private let come = Mutex<[Int]>([])
  var numbers: [Int] { come.withLock { $0 } }
  func add(_ number: Int) { come.withLock { $0.append(number) } }
}

/// Lets those who wait pass once it is open.
final class Door: Sendable {
  private let isOpen = Atomic(false)
  func open() { isOpen.store(true, ordering: .relaxed) }
  func wait() async { while !isOpen.load(ordering: .relaxed) { try? await Task.sleep(for: .milliseconds(1)) } }
}
