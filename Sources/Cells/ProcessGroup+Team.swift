import Book
import Foundation
import Torch

/// The engine knows no LibTorch; its team is LibTorch's group of processes.
extension ProcessGroup: Team {}

extension ProcessGroup {
  /// Rows of equal length that rank 0 has, handed to all. The others wait patiently, since rank 0 may have to compute them.
  func broadcast(rows: [[Double]]?, of length: Int) throws -> [[Double]] {
    let flat = rows.map { Array($0.joined()).withUnsafeBytes { Data($0) } }
    let numbers = try broadcast(flat, patiently: true).withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 8).map { bytes.loadUnaligned(fromByteOffset: $0, as: Double.self) }
    }
    return stride(from: 0, to: numbers.count, by: length).map { Array(numbers[$0..<min($0 + length, numbers.count)]) }
  }
}
