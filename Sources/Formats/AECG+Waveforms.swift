import Foundation
import WFDB

extension AECG {
  /// The leads of a series: its sequence sets, put on one clock.
  ///
  /// A sequence set has a time sequence, `head + n × increment`, and sequences of values, `origin + digit × scale`, of
  /// the same length. A series may have several: three leads at a time, or stretches one after another. What no set
  /// covers is missing.
  struct Waveforms {
    var samplingFrequency: Double
    var leads: [Lead]
    /// When the first sample was taken, where the time is absolute.
    var start: Header.Start?

    /// - Parameter numbers: lists of the document; those of the series are taken from it.
    init(
      of series: XMLTree.Element, numbers: inout [[Double]], _ warnings: inout [FormatWarning]
    ) throws(FormatError) {
      var sets: [SequenceSet] = []
      for element in series.all("component").flatMap({ $0.all("sequenceSet") }) {
        let set = try SequenceSet(element, numbers: &numbers, &warnings)
        guard !set.leads.isEmpty else {
          warnings.append(FormatWarning(element.place, "the sequence set has no leads"))
          continue
        }
        if let first = sets.first {
          guard abs(set.increment - first.increment) <= 1e-9 * first.increment else {
            warnings.append(
              FormatWarning(
                element.place,
                "the sequence set is left out: its increment is \(set.increment) s, the first's \(first.increment) s"))
            continue
          }
          guard (set.head == nil) == (first.head == nil), set.isAbsolute == first.isAbsolute else {
            warnings.append(
              FormatWarning(element.place, "the sequence set is left out: its time is of another kind than the first's")
            )
            continue
          }
        }
        sets.append(set)
      }
      guard let first = sets.first else {
        throw FormatError(series.place, found: "no leads", expected: "a sequence set with sequences of leads")
      }
      let rate = 1 / first.increment
      samplingFrequency = abs(rate - rate.rounded()) <= 1e-6 * rate ? rate.rounded() : rate
      leads = Self.joined(&sets, samplingFrequency, &warnings)
      let beginning = sets.min { ($0.head ?? 0) < ($1.head ?? 0) } ?? first
      start = beginning.absoluteHead?.start
    }

    /// The leads of all sets over the time that they cover together; a set that lies so far off that it would mostly be
    /// filled with nothing is left out.
    private static func joined(
      _ sets: inout [SequenceSet], _ rate: Double, _ warnings: inout [FormatWarning]
    ) -> [Lead] {
      if sets.count == 1 { return sets[0].leads.map(\.lead) }
      let present = sets.reduce(0) { $0 + $1.leads.count * $1.sampleCount }
      let most = Double(min(16 * present, RecordFormat.maximumSamples))
      var kept: [SequenceSet] = []
      var names: [String] = []
      var covered: ClosedRange<Double>?  // in samples from the first set's first
      for set in sets {
        let begin = ((set.head ?? 0) - (sets[0].head ?? 0)) * rate
        let end = begin + Double(set.sampleCount)
        let range = min(begin, covered?.lowerBound ?? begin)...max(end, covered?.upperBound ?? end)
        let added = set.leads.map(\.lead.name).filter { !names.contains($0) }
        let count = names.count + added.count
        guard (range.upperBound - range.lowerBound) * Double(count) <= most, count <= AECG.maximumLeads else {
          warnings.append(
            FormatWarning(set.place, "the sequence set is left out: it lies too far from those before it"))
          continue
        }
        kept.append(set)
        names += added
        covered = range
      }
      sets = kept
      let first = sets.map { $0.head ?? 0 }.min() ?? 0
      let offsets = sets.map { Int(((($0.head ?? 0) - first) * rate).rounded()) }
      let count = zip(sets, offsets).map { $0.sampleCount + $1 }.max() ?? 0
      var leads: [String: Lead] = [:]
      for (set, offset) in zip(sets, offsets) {
        for (lead, _) in set.leads {
          var whole =
            leads[lead.name]
            ?? Lead(name: lead.name, units: lead.units, samples: [Double](repeating: .nan, count: count))
          leads[lead.name] = nil  // so that the samples are changed in place
          if whole.units != lead.units {
            warnings.append(FormatWarning(set.place, "\(lead.name) is left out: it is in \(lead.units) here"))
          } else if zip(lead.samples.indices, lead.samples).contains(where: { index, value in
            !value.isNaN && !whole.samples[offset + index].isNaN
          }) {
            warnings.append(
              FormatWarning(set.place, "\(lead.name) is left out: a set before it has the lead at the same time"))
          } else {
            whole.samples.replaceSubrange(offset..<offset + lead.samples.count, with: lead.samples)
          }
          leads[lead.name] = whole
        }
      }
      return names.compactMap { leads[$0] }
    }
  }

  /// One sequence set, in physical units.
  fileprivate struct SequenceSet {
    let place: String
    /// Seconds between samples.
    let increment: Double
    /// Seconds of the first sample: since 1970, or since a beginning that is not said.
    let head: Double?
    let isAbsolute: Bool
    let absoluteHead: HL7Time?
    /// Of one length.
    var leads: [(lead: Lead, place: String)] = []
    var sampleCount: Int { leads.first?.lead.samples.count ?? 0 }

    init(
      _ element: XMLTree.Element, numbers: inout [[Double]], _ warnings: inout [FormatWarning]
    ) throws(FormatError) {
      place = element.place
      let sequences = element.all("component").flatMap { $0.all("sequence") }
      func code(_ sequence: XMLTree.Element) -> String { sequence.first("code")?["code"] ?? "" }
      func isTime(_ sequence: XMLTree.Element) -> Bool { code(sequence).uppercased().hasPrefix("TIME_") }

      guard let time = sequences.first(where: isTime), let value = time.first("value") else {
        throw FormatError(
          element.place, found: "no sequence of times", expected: "one of code TIME_ABSOLUTE or TIME_RELATIVE")
      }
      guard let step = value.first("increment") else {
        throw FormatError(
          value.place, found: "the times have no 'increment'", expected: "a head and an increment (GLIST_TS, GLIST_PQ)")
      }
      increment = try Self.seconds(step)
      guard increment >= 1e-6, increment <= 3600 else {
        throw FormatError(
          step.place, found: "an increment of \(increment) s", expected: "the time between samples, 1 µs to 1 hour")
      }
      isAbsolute = code(time).uppercased() == "TIME_ABSOLUTE"
      let first = value.first("head")
      absoluteHead = isAbsolute ? first?["value"].flatMap { HL7Time($0) } : nil
      if isAbsolute {
        head = absoluteHead?.seconds
        if absoluteHead == nil, let first {
          warnings.append(FormatWarning(first.place, "'\(first["value"] ?? "")' is no time"))
        }
      } else {
        head = try first.map { element throws(FormatError) in try Self.seconds(element) }
      }

      for sequence in sequences where !isTime(sequence) {
        guard let value = sequence.first("value"), let list = value.first("digits"), let index = list.numbers else {
          warnings.append(FormatWarning(sequence.place, "'\(code(sequence))' is left out: it has no digits"))
          continue
        }
        // Taken out of the document, so that they can be scaled where they lie.
        var samples: [Double] = []
        swap(&samples, &numbers[index])
        let units = try Self.scale(&samples, value, pad: Self.pad(sequence), &warnings)
        leads.append((Lead(name: Self.name(sequence), units: units, samples: samples), sequence.place))
      }
      guard leads.count <= AECG.maximumLeads else {
        throw FormatError(
          element.place, found: "\(leads.count) leads", expected: "at most \(AECG.maximumLeads) in a recording")
      }
      leads = LeadList(leads, &warnings).leads
    }

    /// A physical quantity of time.
    private static func seconds(_ element: XMLTree.Element) throws(FormatError) -> Double {
      let factors = ["s": 1, "ms": 1e3, "us": 1e6, "µs": 1e6, "μs": 1e6, "ns": 1e9]
      guard let number = element["value"].flatMap(Double.init), number.isFinite else {
        throw FormatError(element.place, found: "'\(element["value"] ?? "")'", expected: "a number")
      }
      guard let factor = factors[element["unit"] ?? ""] else {
        throw FormatError(element.place, found: "the unit is '\(element["unit"] ?? "")'", expected: "s, ms, us or ns")
      }
      return number / factor
    }

    /// Digits become values.
    /// - Returns: their units: millivolts for any voltage, else what the file says.
    private static func scale(
      _ samples: inout [Double], _ value: XMLTree.Element, pad: Double?, _ warnings: inout [FormatWarning]
    ) throws(FormatError) -> String {
      guard let step = value.first("scale"), let factor = step["value"].flatMap(Double.init), factor.isFinite else {
        throw FormatError(value.place, found: "no scale", expected: "a scale with value and unit before the digits")
      }
      let units = step["unit"] ?? ""
      var origin = 0.0
      if let element = value.first("origin") {
        guard let number = element["value"].flatMap(Double.init), number.isFinite else {
          throw FormatError(element.place, found: "'\(element["value"] ?? "")'", expected: "a number")
        }
        origin = number
        if let other = element["unit"], other != units {
          guard let from = perMillivolt(other), let to = perMillivolt(units) else {
            throw FormatError(
              element.place, found: "the origin is in '\(other)', the scale in '\(units)'", expected: "one unit")
          }
          origin *= to / from
        }
      }
      // Divided, not multiplied by a fraction: 1234 µV are then the same number as 1.234.
      let divisor = perMillivolt(units)
      if divisor == nil { warnings.append(FormatWarning(step.place, "the unit '\(units)' is no voltage")) }
      for index in samples.indices {
        let value = (origin + samples[index] * factor) / (divisor ?? 1)
        samples[index] = samples[index] == pad || !value.isFinite ? .nan : value
      }
      return divisor == nil ? units : "mV"
    }

    /// How many of them are a millivolt; nil for no voltage.
    private static func perMillivolt(_ units: String) -> Double? {
      switch units {
      case "nV": 1e6
      default: millivolts(per: units).map { $0 == 1000 ? 0.001 : $0 == 0.001 ? 1000 : 1 }
      }
    }

    /// The digit that stands for a missing sample.
    private static func pad(_ sequence: XMLTree.Element) -> Double? {
      sequence.all("controlVariable").compactMap { $0.first("controlVariable") }
        .first { $0.first("code")?["code"] == "MDC_ECG_CTL_VBL_PAD_VALUE" }?
        .first("value")?["value"].flatMap(Double.init)
    }

    private static func name(_ sequence: XMLTree.Element) -> String {
      let element = sequence.first("code")
      let code = element?["code"] ?? ""
      if let lead = LeadName(code) { return "\(lead)" }
      if let shown = element?["displayName"], !shown.isEmpty { return shown }
      let prefix = "MDC_ECG_LEAD_"
      return code.hasPrefix(prefix) && code.count > prefix.count ? String(code.dropFirst(prefix.count)) : code
    }
  }
}
