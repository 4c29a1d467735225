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

extension Record {
  /// A recording that came from elsewhere than from WFDB's files.
  /// - Parameters:
  ///   - leads: of one length.
  ///   - start: when it begins; what is known of it becomes the header's time and date.
  /// - Precondition: the leads have the same number of samples.
  public init(
    name: String, samplingFrequency: Double, leads: [Lead], comments: [String] = [], start: Header.Start = Header.Start(),
    warnings: [RecordWarning] = []
  ) {
    let count = leads.first?.samples.count ?? 0
    precondition(leads.allSatisfy { $0.samples.count == count }, "leads of \(leads.map(\.samples.count)) samples")
    self.init(
      name: name, samplingFrequency: samplingFrequency, sampleCount: count, leads: leads, comments: comments,
      warnings: warnings,
      header: Header(
        name: name, samplingFrequency: samplingFrequency, sampleCount: count, start: start,
        leads: leads.map { ($0.name, $0.units) }, comments: comments))
  }
}
