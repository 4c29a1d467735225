extension Record {
  /// What a record holds, in numbers: what `ecgbook record --json` prints.
  public struct Summary: Sendable, Equatable, Encodable {
    public var name: String
    public var samplingRate: Double  // hertz
    public var samples: Int  // per lead
    /// The signal format of each lead; nil when segments may differ in it.
    public var formats: [String]?
    public var comments: [String]
    public var leads: [LeadSummary]
    public var warnings: [RecordWarning]

    enum CodingKeys: CodingKey { case name, samplingRate, samples, formats, comments, leads, warnings }

    /// Written out because what is unknown is `null`, and not left away.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(samplingRate, forKey: .samplingRate)
      try container.encode(samples, forKey: .samples)
      try container.encode(formats, forKey: .formats)
      try container.encode(comments, forKey: .comments)
      try container.encode(leads, forKey: .leads)
      try container.encode(warnings, forKey: .warnings)
    }
  }

  /// A lead's statistics over the samples that are there, in its units; nil when all are missing.
  public struct LeadSummary: Sendable, Equatable, Encodable {
    public var name, units: String
    public var missing: Int
    /// The first and last sample that are not missing.
    public var first, last: Double?
    public var min, max, mean: Double?

    public init(_ lead: Lead) {
      (name, units) = (lead.name, lead.units)
      let present = lead.samples.lazy.filter { !$0.isNaN }
      missing = 0
      var (sum, correction) = (0.0, 0.0)  // Neumaier's sum: what a million additions round away is kept
      for value in lead.samples {
        guard !value.isNaN else {
          missing += 1
          continue
        }
        let next = sum + value
        correction += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
        sum = next
        min = Swift.min(min ?? value, value)
        max = Swift.max(max ?? value, value)
      }
      first = present.first
      last = lead.samples.last { !$0.isNaN }
      let count = lead.samples.count - missing
      mean = count > 0 ? (sum + correction) / Double(count) : nil
    }

    enum CodingKeys: CodingKey { case name, units, missing, first, last, min, max, mean }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(units, forKey: .units)
      try container.encode(missing, forKey: .missing)
      try container.encode(first, forKey: .first)
      try container.encode(last, forKey: .last)
      try container.encode(min, forKey: .min)
      try container.encode(max, forKey: .max)
      try container.encode(mean, forKey: .mean)
    }
  }

  public var summary: Summary {
    Summary(
      name: name, samplingRate: samplingFrequency, samples: sampleCount,
      formats: header.segmentCount == nil ? header.signals.map { "\($0.format)" } : nil,
      comments: comments, leads: leads.map(LeadSummary.init), warnings: warnings)
  }
}
