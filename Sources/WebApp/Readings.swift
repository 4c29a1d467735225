import Crypto
import Foundation

/// The recordings that were sent, for as long as their senders may look at them. Each has a name that nobody can guess, a
/// folder of its own that only this user can read, and an end.
actor Readings {
  struct Reading: Sendable {
    let id: String
    /// What the child made of the files.
    let upload: UploadReading.Recording
    let recording: Interpreter.Recording
    let folder: String
    let bytes: Int
    fileprivate(set) var used: ContinuousClock.Instant
  }

  private let folder: String
  private let limits: Limits
  private var readings: [String: Reading] = [:]
  private let isForgotten: @Sendable (Interpreter.Recording) -> Void

  /// - Parameters:
  ///   - folder: on memory where the system has such a file system; it is removed with the server.
  ///   - isForgotten: called for each recording that goes, so that no page of it stays.
  init(folder: String, limits: Limits, isForgotten: @escaping @Sendable (Interpreter.Recording) -> Void) {
    (self.folder, self.limits, self.isForgotten) = (folder, limits, isForgotten)
  }

  var count: Int { readings.count }

  /// Keeps a recording that a child read.
  /// - Throws: ``UploadRefusal`` when the child named its files oddly; a system's error when they cannot be written.
  func add(_ upload: UploadReading.Recording, person: Upload.Person) throws -> Reading {
    let id = Self.newID()
    let own = folder + "/" + id
    guard let name = UploadReading.name(of: upload.files) else { throw UploadRefusal("the files could not be read") }
    let kept = try Upload(files: upload.files.map { Upload.File(name: $0.name, content: Array($0.content)[...]) })
    try kept.write(to: own)
    let bytes = upload.files.reduce(0) { $0 + $1.content.count }
    var upload = upload
    upload.files = []  // they are in the folder
    let reading = Reading(
      id: id, upload: upload, recording: Interpreter.Recording(path: own + "/" + name, person: person),
      folder: own, bytes: bytes, used: .now)
    readings[id] = reading
    while readings.count > limits.readings || readings.values.reduce(0, { $0 + $1.bytes }) > limits.readingsBytes, readings.count > 1,
      let oldest = readings.values.min(by: { $0.used < $1.used }) { remove(oldest.id) }
    return reading
  }

  func reading(_ id: String) -> Reading? {
    guard let found = readings[id] else { return nil }
    guard ContinuousClock.now - found.used < limits.keepingTime else {
      remove(id)
      return nil
    }
    readings[id]?.used = .now
    return found
  }

  func has(_ id: String) -> Bool { readings[id] != nil }

  @discardableResult
  func remove(_ id: String) -> Bool {
    guard let reading = readings.removeValue(forKey: id) else { return false }
    try? FileManager.default.removeItem(atPath: reading.folder)
    isForgotten(reading.recording)
    return true
  }

  /// Removes what nobody asked for in time.
  func sweep() {
    for reading in readings.values where ContinuousClock.now - reading.used >= limits.keepingTime { remove(reading.id) }
  }

  /// 128 random bits in hexadecimal digits.
  private static func newID() -> String { SymmetricKey(size: .bits128).withUnsafeBytes { $0.hex } }
}

extension Sequence<UInt8> {
  /// Two hexadecimal digits a byte.
  var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
