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
      var statistics = LeadStatistics()
      lead.samples.withUnsafeBufferPointer { statistics.add($0) }
      self = statistics.summary(name: lead.name, units: lead.units)
    }

    fileprivate init(
      name: String, units: String, missing: Int, first: Double?, last: Double?, min: Double?, max: Double?,
      mean: Double?
    ) {
      (self.name, self.units, self.missing) = (name, units, missing)
      (self.first, self.last, self.min, self.max, self.mean) = (first, last, min, max, mean)
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
      name: name, samplingRate: samplingFrequency, samples: sampleCount, formats: header.formats,
      comments: comments, leads: leads.map(LeadSummary.init), warnings: warnings)
  }
}

extension Record.Summary {
  /// Sums up a record of any length, without holding it in memory: what `Record(path:).summary` gives.
  /// - Throws: ``RecordError``, as ``Record/init(path:maximumSamples:)``.
  public init(path: String) throws(RecordError) {
    let stream = try RecordStream(path: path)
    var statistics = [LeadStatistics](repeating: LeadStatistics(), count: stream.leadNames.count)
    var values: [Double] = []
    let found = try stream.readAll { lead, place, digital in
      if values.count < place.count { values = [Double](repeating: .nan, count: place.count) }
      values.withUnsafeMutableBufferPointer { buffer in
        let piece = UnsafeMutableBufferPointer(rebasing: buffer[..<place.count])
        _ = digital.writePhysical(into: piece)
        statistics[lead].add(UnsafeBufferPointer(piece))
      }
    }
    self.init(
      name: stream.name, samplingRate: stream.samplingFrequency, samples: stream.sampleCount,
      formats: stream.header.formats, comments: stream.comments,
      leads: statistics.indices.map { lead in
        var summary = statistics[lead].summary(name: stream.leadNames[lead], units: stream.units[lead])
        summary.missing = stream.sampleCount - statistics[lead].count  // those that no file holds too
        return summary
      },
      warnings: sorted(stream.warnings + found))
  }
}

extension Header {
  /// The format of each signal; nil when segments may differ in it.
  fileprivate var formats: [String]? { segmentCount == nil ? signals.map { "\($0.format)" } : nil }
}

/// Statistics of one lead's samples that are there, from pieces in the order of time.
private struct LeadStatistics {
  private(set) var count = 0
  private var missing = 0
  private var first, last: Double?
  private var (min, max) = (Double.infinity, -Double.infinity)
  private var (sum, correction) = (0.0, 0.0)  // Neumaier's sum: what a million additions round away is kept

  mutating func add(_ values: UnsafeBufferPointer<Double>) {
    var (sum, correction, min, max, present) = (sum, correction, min, max, 0)
    for value in values where !value.isNaN {
      let next = sum + value
      correction += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
      min = value < min ? value : min
      max = value > max ? value : max
      present += 1
    }
    (self.sum, self.correction, self.min, self.max) = (sum, correction, min, max)
    count += present
    missing += values.count - present
    if first == nil { first = values.first { !$0.isNaN } }
    last = values.last { !$0.isNaN } ?? last
  }

  func summary(name: String, units: String) -> Record.LeadSummary {
    Record.LeadSummary(
      name: name, units: units, missing: missing, first: first, last: last, min: count > 0 ? min : nil,
      max: count > 0 ? max : nil, mean: count > 0 ? (sum + correction) / Double(count) : nil)
  }
}
