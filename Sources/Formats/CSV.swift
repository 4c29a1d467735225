import Foundation
import WFDB

/// A table of numbers, a column each lead, with a stated rate and unit.
public enum CSV: FormatReader, FormatWriter {
  /// What a file that says neither needs to be told.
  public struct Layout: Sendable, Equatable {
    public var samplingFrequency: Double?  // hertz
    public var units: String?
    public init(samplingFrequency: Double? = nil, units: String? = nil) {
      (self.samplingFrequency, self.units) = (samplingFrequency, units)
    }
  }

  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { false }

  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording { try read(bytes, Layout()) }

  static func read(_ bytes: [UInt8], _ layout: Layout) throws(FormatError) -> StoredRecording {
    throw FormatError("", found: "nothing", expected: "a reader")
  }

  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    throw FormatError("", found: "nothing", expected: "a writer")
  }
}
