import WFDB

extension SCP {
  /// The leads of sections 3 to 6, in millivolts on one axis of time.
  ///
  /// ```
  /// section 3  leads 1, flags 1 (bit 0: the reference beat is subtracted), each lead: first sample 4, last 4, code 1
  /// section 4  length of the reference beat in ms 2, its fiducial point 2, QRS complexes 2;
  ///            each: type 2, first sample subtracted 4, fiducial point 4, last 4;
  ///            from 1.3 each: first sample protected from decimation 4, last 4
  /// section 5  nanovolts a step 2, microseconds a sample 2, differences 1, reserved 1, each lead's bytes 2, the leads
  /// section 6  the same, with a flag of bimodal compression for the reserved byte
  /// ```
  /// Samples are counted from 1. Section 5 is one beat, which was subtracted from each complex of type 0; the section
  /// is read only where that was done, or decimation. Sources: EN 1064, 5.6 to 5.9 and Annex C.
  struct Signals {
    private(set) var samplingFrequency = 0.0  // hertz
    private(set) var leads: [Lead] = []
    private(set) var warnings: [FormatWarning] = []
    /// QRS complexes of section 4; nil without that section.
    private(set) var complexCount: Int?

    private struct LeadRange {
      var first, last, code: Int
      var name: String { leadName(code) }
    }

    private struct Complex { var type, first, fiducial, last: Int }

    /// Sections 5 and 6 begin alike.
    private struct Encoded {
      var nanovolts, microseconds: Int
      var differences: Int  // 0, 1 or 2 times
      var isBimodal: Bool
      var leads: [ArraySlice<UInt8>]
      let place: String

      init(_ section: inout ByteReader, leadCount: Int) throws(FormatError) {
        place = section.place
        nanovolts = Int(try section.uint16("nanovolts a step"))
        microseconds = Int(try section.uint16("microseconds a sample"))
        differences = Int(try section.uint8("differences"))
        isBimodal = try section.uint8("bimodal compression") != 0
        guard nanovolts > 0 else { throw FormatError(place, found: "steps of 0 nV", expected: "1 nV or more") }
        guard microseconds > 0 else { throw FormatError(place, found: "samples of 0 µs", expected: "1 µs or more") }
        guard differences <= 2 else {
          throw FormatError(place, found: "differences of the order \(differences)", expected: "0, 1 or 2")
        }
        var lengths: [Int] = []
        for _ in 0..<leadCount { lengths.append(Int(try section.uint16("bytes of a lead"))) }
        leads = []
        for length in lengths {
          leads.append(try section.take(length, "samples of lead \(leads.count + 1) of \(leadCount)"))
        }
      }

      /// The samples of one lead in steps, of which `count` are stored.
      func samples(_ lead: Int, count: Int, _ tables: HuffmanTables?, name: String) throws(FormatError) -> [Int16] {
        let place = "\(place), lead \(name)"
        var samples: [Int16]
        if let tables {
          samples = try tables.values(leads[lead], count: count, place: place)
        } else {
          guard count <= leads[lead].count / 2 else {
            throw FormatError(place, found: "data for \(leads[lead].count / 2) samples", expected: "\(count)")
          }
          var reader = ByteReader(leads[lead], place: place)
          samples = []
          samples.reserveCapacity(count)
          for _ in 0..<count { samples.append(try reader.int16("sample")) }
        }
        // Writers compute in 16 bits, and so do their sums.
        if differences == 1, count > 1 {
          for index in 1..<count { samples[index] &+= samples[index - 1] }
        } else if differences == 2, count > 2 {
          for index in 2..<count { samples[index] &+= 2 &* samples[index - 1] &- samples[index - 2] }
        }
        return samples
      }
    }

    init(_ sections: Sections, version: Int?) throws(FormatError) {
      let tables = try HuffmanTables.read(sections.reader(2))
      var third = try sections.requiredReader(3, "the leads' names")
      let (ranges, isSubtracted) = try Self.readRanges(&third)
      var sixth = try sections.requiredReader(6, "the signals")
      let rhythm = try Encoded(&sixth, leadCount: ranges.count)

      let isBimodal = rhythm.isBimodal && (version ?? 0) < 30  // reserved since version 3.0
      var beatLength = 0  // ms
      var beatFiducial = 0
      var complexes: [Complex] = []
      var zones: [ClosedRange<Int>] = []
      if var fourth = try sections.reader(4) {
        beatLength = Int(try fourth.uint16("length of the reference beat"))
        beatFiducial = Int(try fourth.uint16("fiducial point of the reference beat"))
        let count = Int(try fourth.uint16("number of QRS complexes"))
        complexCount = count
        if isSubtracted || isBimodal { (complexes, zones) = try Self.readComplexes(count, &fourth) }
        complexes.removeAll { $0.type != 0 }
      }
      var beat: Encoded?
      if isSubtracted || isBimodal, beatLength > 0, var fifth = try sections.reader(5) {
        beat = try Encoded(&fifth, leadCount: ranges.count)
      }
      if isSubtracted, complexes.isEmpty {
        warnings.append(
          FormatWarning("section 4", "the reference beat is said to be subtracted, but from no QRS complex"))
      } else if isSubtracted, beat == nil {
        throw FormatError(
          "section 5", found: "no reference beat", expected: "the beat that is subtracted from the signals")
      } else if isBimodal, beat == nil {
        warnings.append(
          FormatWarning("section 6", "no reference beat tells how it is decimated; it is read as if it were not"))
      }

      let factor = try Self.decimation(rhythm, beat)
      let interval = factor > 1 ? (beat?.microseconds ?? rhythm.microseconds) : rhythm.microseconds
      samplingFrequency = 1_000_000 / Double(interval)
      let start = ranges.reduce(Int.max) { min($0, $1.first) }
      let end = ranges.reduce(0) { max($0, $1.last) }
      try Self.checkSize(leads: ranges.count, samples: end - start + 1, bytes: rhythm.leads.reduce(0) { $0 + $1.count })
      try Self.checkOverlap(complexes, samples: end - start + 1)

      for (index, range) in ranges.enumerated() {
        let layout = Decimation(range.first...range.last, protected: zones, factor: factor)
        let stored = try rhythm.samples(index, count: layout.storedCount, tables, name: range.name)
        var values = layout.expanded(stored, step: Double(rhythm.nanovolts) / 1e6)
        if isSubtracted, let beat {
          let count = beatLength * 1000 / beat.microseconds
          let samples = try beat.samples(index, count: count, tables, name: range.name)
          Self.add(
            samples, step: Double(beat.nanovolts) / 1e6, fiducial: beatFiducial, at: complexes, to: &values,
            first: range.first)
        }
        if range.first > start || range.last < end {
          values =
            [Double](repeating: .nan, count: range.first - start) + values
            + [Double](repeating: .nan, count: end - range.last)
        }
        leads.append(Lead(name: range.name, units: "mV", samples: values))
      }
    }

    private static func readRanges(_ section: inout ByteReader) throws(FormatError) -> ([LeadRange], isSubtracted: Bool)
    {
      let count = Int(try section.uint8("number of leads"))
      guard count > 0 else { throw FormatError("section 3", found: "no leads", expected: "1 to 255") }
      let flags = try section.uint8("flags")
      var ranges: [LeadRange] = []
      for _ in 0..<count {
        let (first, last) = (Int(try section.uint32("first sample")), Int(try section.uint32("last sample")))
        let range = LeadRange(first: first, last: last, code: Int(try section.uint8("code of the lead")))
        guard first >= 1, last >= first else {
          throw FormatError(
            "section 3, lead \(range.name)", found: "samples \(first) to \(last)",
            expected: "a first from 1, a last not before it")
        }
        ranges.append(range)
      }
      return (ranges, flags & 1 == 1)
    }

    /// The complexes and the zones that are protected from decimation: those that stand there, or, in versions before
    /// 1.3, which have none, the zones of the subtraction.
    private static func readComplexes(
      _ count: Int, _ section: inout ByteReader
    ) throws(FormatError) -> ([Complex], [ClosedRange<Int>]) {
      var complexes: [Complex] = []
      for _ in 0..<count {
        let type = Int(try section.uint16("type of a complex"))
        let (first, fiducial) = (Int(try section.uint32("first sample")), Int(try section.uint32("fiducial point")))
        complexes.append(
          Complex(type: type, first: first, fiducial: fiducial, last: Int(try section.uint32("last sample"))))
      }
      var pairs = complexes.map { ($0.first, $0.last) }
      if section.remaining >= 8 * count {
        for index in pairs.indices {
          pairs[index] = (
            Int(try section.uint32("first protected sample")), Int(try section.uint32("last protected sample"))
          )
        }
      }
      // A complex without a zone has zeros or ones.
      return (
        complexes,
        pairs.filter { $0.0 >= 1 && $0.0 < $0.1 }.map { $0.0...$0.1 }.sorted { $0.lowerBound < $1.lowerBound }
      )
    }

    /// How many samples of the recording one of section 6 is, outside the protected zones: there the interval is that
    /// of decimated samples, in section 5 that of the recording's.
    private static func decimation(_ rhythm: Encoded, _ beat: Encoded?) throws(FormatError) -> Int {
      guard let beat, rhythm.microseconds != beat.microseconds else { return 1 }
      let (factor, remainder) = rhythm.microseconds.quotientAndRemainder(dividingBy: beat.microseconds)
      guard remainder == 0, factor <= 16 else {
        throw FormatError(
          rhythm.place, found: "samples of \(rhythm.microseconds) µs, of the reference beat \(beat.microseconds) µs",
          expected: "the same, or up to 16 times as long")
      }
      return factor
    }

    /// Memory is taken only for what the bytes may hold: a sample is at least a bit, decimated or not, and the leads
    /// need not be recorded at once.
    private static func checkSize(leads: Int, samples: Int, bytes: Int) throws(FormatError) {
      let largest = min(RecordFormat.maximumSamples, bytes.multipliedReportingOverflow(by: 8 * 16 * 12).partialValue)
      guard samples <= largest / leads else {
        throw FormatError(
          "section 3", found: "\(leads) leads of \(samples) samples, with \(bytes) bytes in section 6",
          expected: "at most \(largest) samples together")
      }
    }

    /// Zones of the subtraction may meet, but not so often that adding the beat takes no end.
    private static func checkOverlap(_ complexes: [Complex], samples: Int) throws(FormatError) {
      let total = complexes.reduce(0) { $0 + max(0, $1.last - $1.first + 1) }
      guard total <= 4 * samples else {
        throw FormatError(
          "section 4", found: "the reference beat is subtracted from \(total) samples",
          expected: "\(samples), which there are")
      }
    }

    /// Adds the reference beat to each complex; fiducial points meet.
    private static func add(
      _ beat: [Int16], step: Double, fiducial: Int, at complexes: [Complex], to values: inout [Double], first: Int
    ) {
      for complex in complexes {
        let shift = complex.fiducial - fiducial  // of the beat's first sample, 1, in the recording
        let from = max(complex.first, first, shift + 1)
        let to = min(complex.last, first + values.count - 1, shift + beat.count)
        guard from <= to else { continue }
        for sample in from...to { values[sample - first] += Double(beat[sample - shift - 1]) * step }
      }
    }
  }

  /// Which samples of a lead are stored: all within protected zones, and outside them one for each `factor`, then those
  /// that are left when the zone is no multiple of it.
  ///
  /// ```
  /// stored            a           b           c           left left
  /// expanded, by 4    a a  a      …  b     …  c      c c  left left      …: on the line between two
  /// ```
  /// Half a factor of samples is the first value, then lines run from value to value, and half a factor is the last.
  /// EN 1064, Annex C, is where it is laid down; two other readers do it so, BioSig's (E. Cervesato, 2004) and that of
  /// ECG Toolkit (M. van Ettinger). The first then smooths by means of three samples, which is not done here: the
  /// values stay those of the file and of lines between them.
  struct Decimation {
    private enum Zone {
      case stored(Int)
      case decimated(Int)
    }
    private var zones: [Zone] = []
    private let factor: Int

    /// - Parameter protected: in order of their beginnings.
    init(_ samples: ClosedRange<Int>, protected: [ClosedRange<Int>], factor: Int) {
      self.factor = factor
      guard factor > 1 else {
        zones = [.stored(samples.count)]
        return
      }
      var next = samples.lowerBound
      for zone in protected {
        let (first, last) = (max(zone.lowerBound, next), min(zone.upperBound, samples.upperBound))
        guard first <= last else { continue }
        if first > next { zones.append(.decimated(first - next)) }
        zones.append(.stored(last - first + 1))
        next = last + 1
      }
      if next <= samples.upperBound { zones.append(.decimated(samples.upperBound - next + 1)) }
    }

    var storedCount: Int {
      zones.reduce(0) { count, zone in
        switch zone {
        case .stored(let length): count + length
        case .decimated(let length): count + length / factor + length % factor
        }
      }
    }

    /// - Precondition: there are ``storedCount``.
    func expanded(_ stored: [Int16], step: Double) -> [Double] {
      var values: [Double] = []
      var next = 0
      func take(_ count: Int) -> ArraySlice<Int16> {
        defer { next += count }
        return stored[next..<next + count]
      }
      for zone in zones {
        switch zone {
        case .stored(let length): values += take(length).map { Double($0) * step }
        case .decimated(let length):
          let nodes = take(length / factor)
          if let first = nodes.first, let last = nodes.last {
            values += [Double](repeating: Double(first) * step, count: factor / 2)
            for (one, other) in zip(nodes, nodes.dropFirst()) {
              let slope = (Double(other) - Double(one)) / Double(factor)
              for part in 0..<factor { values.append((Double(one) + Double(part) * slope) * step) }
            }
            values += [Double](repeating: Double(last) * step, count: factor - factor / 2)
          }
          values += take(length % factor).map { Double($0) * step }
        }
      }
      return values
    }
  }
}
