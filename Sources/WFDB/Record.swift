/// One lead of a record, in physical units.
public struct Lead: Sendable, Equatable {
  public var name: String
  public var units: String
  /// One per frame; a missing sample is NaN.
  public var samples: [Double]

  public init(name: String, units: String, samples: [Double]) {
    (self.name, self.units, self.samples) = (name, units, samples)
  }
}

/// A recording: leads in physical units, missing samples as NaN.
public struct Record: Sendable {
  public var name: String
  /// Frames per second, in hertz. A signal with several samples a frame is averaged over each frame.
  public var samplingFrequency: Double
  public var sampleCount: Int  // per lead
  public var leads: [Lead]
  public var comments: [String]
  /// Checksums, initial values and lengths that disagree with the header.
  public var warnings: [RecordWarning]
  public var header: Header

  /// The lead of that name; where none is written so, one that differs only in case (`aVR`, `AVR`).
  public func lead(named name: String) -> Lead? {
    if let lead = leads.first(where: { $0.name == name }) { return lead }
    let lowercased = name.lowercased()
    return leads.first { $0.name.lowercased() == lowercased }
  }
}
