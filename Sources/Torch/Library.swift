import Foundation
import TorchAPI

/// What LibTorch could not do, in its own words.
public struct TorchError: Error, Equatable, CustomStringConvertible {
  public let message: String
  public var description: String { message }
}

/// The table of LibTorch's functions, opened on first use: what never computes with tensors starts without it.
/// (`unsafe` because C pointers are not Sendable; the table is constant.)
enum Library {
  nonisolated(unsafe) static let table: Result<UnsafePointer<torch_api>, TorchError> = open()

  private static func open() -> Result<UnsafePointer<torch_api>, TorchError> {
    var reasons: [String] = []
    // One thread computes one operation: what is done by several is cut by `concurrently`, so that results never depend on
    // their number. The libraries below LibTorch read this when they are loaded, and start no threads that spin.
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] { setenv(name, "1", 1) }
    for folder in folders() {
      let path = folder + "/" + fileName
      guard FileManager.default.fileExists(atPath: path) else { continue }
      guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
        reasons.append(dlerror().map { String(cString: $0) } ?? path)
        continue
      }
      guard let symbol = dlsym(library, "ecgbook_torch_api") else {
        reasons.append("\(path): no function 'ecgbook_torch_api'")
        continue
      }
      let table = unsafeBitCast(symbol, to: ecgbook_torch_api_function.self)()
      guard table.pointee.version == ECGBOOK_TORCH_API_VERSION else {
        reasons.append("\(path): table version \(table.pointee.version); this program speaks \(ECGBOOK_TORCH_API_VERSION)")
        continue
      }
      return .success(table)
    }
    let found = reasons.isEmpty ? "no \(fileName) beside the program" : reasons.joined(separator: "; ")
    return .failure(
      TorchError(
        message: """
          LibTorch cannot be opened: \(found).
          Training and prediction need it: install Debian's or Ubuntu's package 'libtorch-dev' (or build with \
          LIBTORCH=DIR), then build again with 'make build'.
          """))
  }

  private static var fileName: String {
    #if canImport(Darwin)
      "libCTorch.dylib"
    #else
      "libCTorch.so"
    #endif
  }

  /// Beside the image that holds this code, be it the program or a bundle of tests; then `../lib` of it.
  private static func folders() -> [String] {
    var files: [String] = []
    if let image = ecgbook_image_path() { files.append(String(cString: image)) }
    if let program = Bundle.main.executablePath { files.append(program) }
    let folders = files.map { URL(filePath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path }
    return folders + folders.map { $0 + "/../lib" }
  }
}

extension torch_api {
  /// A status of LibTorch becomes a Swift error here and nowhere else; the text is read before anything else is called.
  func check(_ status: Int32) throws(TorchError) {
    guard status == 0 else { throw TorchError(message: String(cString: message())) }
  }
}

// MARK: Scopes

/// Operators of tensors cannot throw. Inside `withTorch` the first error of LibTorch is kept, what follows it does
/// nothing, and the scope throws it at its end.
public func withTorch<Result>(_ body: () throws -> Result) throws -> Result {
  _ = try Library.table.get()
  let scope = ErrorScope()
  let result = ErrorScope.$current.withValue(scope) { Swift.Result { try body() } }
  if let error = scope.first { throw error }
  return try result.get()
}

final class ErrorScope: Sendable {
  @TaskLocal static var current: ErrorScope?
  private let box = Box()

  /// One thread computes in a scope, so the box needs no lock of its own but the language wants one.
  private final class Box: Sendable {
    let lock = NSLock()
    nonisolated(unsafe) var error: TorchError?
  }

  var first: TorchError? { box.lock.withLock { box.error } }
  func keep(_ error: TorchError) { box.lock.withLock { if box.error == nil { box.error = error } } }

  static func report(_ error: TorchError) {
    guard let current else { preconditionFailure("outside of withTorch: \(error.message)") }
    current.keep(error)
  }
}

/// Throws the scope's error now, where going on would be meaningless: in a loop over batches.
public func checkTorch() throws(TorchError) {
  if let error = ErrorScope.current?.first { throw error }
}

/// Runs `body`, whose tensors record no history for gradients.
public func withoutGradients<Result>(_ body: () throws -> Result) throws -> Result {
  let api = try Library.table.get().pointee
  var before = true
  try api.check(api.set_gradients_enabled(false, &before))
  defer { _ = api.set_gradients_enabled(before, &before) }
  return try body()
}

/// LibTorch's own settings.
public enum Torch {
  /// "1.13.1".
  public static func version() throws(TorchError) -> String { String(cString: try Library.table.get().pointee.library_version()) }
}

/// Where tensors live.
public enum Device: String, Sendable, Codable, CaseIterable {
  case cpu, cuda
  var code: torch_device { self == .cuda ? TORCH_CUDA : TORCH_CPU }

  /// `auto` takes a GPU if LibTorch finds one.
  public init(named name: String) throws(TorchError) {
    let api = try Library.table.get().pointee
    var hasCUDA = false
    try api.check(api.has_cuda(&hasCUDA))
    switch name {
    case "auto": self = hasCUDA ? .cuda : .cpu
    case "cpu": self = .cpu
    case "cuda" where hasCUDA: self = .cuda
    case "cuda":
      throw TorchError(message: "device cuda: this LibTorch finds no GPU; use 'cpu', or build with LIBTORCH=DIR of a CUDA build")
    default: throw TorchError(message: "device '\(name)': expected auto, cpu or cuda")
    }
  }
}
