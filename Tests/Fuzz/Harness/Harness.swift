import Foundation
import FuzzReaders

/// The reader that the environment names; libFuzzer, which has `main`, calls it with one input after the other.
private let reader: FuzzedReader = {
  let name = ProcessInfo.processInfo.environment["ECGBOOK_FUZZ"] ?? ""
  guard let reader = FuzzedReader.named(name) else {
    print("ECGBOOK_FUZZ is '\(name)'; expected one of \(FuzzedReader.all.map(\.name).joined(separator: ", "))")
    exit(2)
  }
  return reader
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  try? reader.read(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
