extension SCP {
  /// Section 7: what was measured in all leads.
  ///
  /// ```
  /// blocks 1, pacemaker's spikes 1, RR in ms 2, PP in ms 2
  /// each block: onset and end of P, of QRS, end of T in ms 2 each; axes of P, QRS, T in degrees 2 each
  /// each spike: time in ms 2, µV 2; then each spike: kind 1, source 1, complex 2, µs 2
  /// from version 1.3: complexes 2, the type of each 1, ventricular and atrial rate 2 each, QTc in ms 2, its formula 1
  /// ```
  /// The first block is that of the reference beat; others, of further types or of single beats, are not read. Source:
  /// EN 1064, 5.10.
  struct GlobalMeasurements {
    private(set) var measurements: [StoredMeasurement] = []
    private(set) var comments: [String] = []

    /// What was read before a fault stays.
    /// - Parameter complexes: how many section 4 has, if it is there.
    mutating func read(_ section: inout ByteReader, version: Int?, complexes: Int?) throws(FormatError) {
      let blocks = Int(try section.uint8("number of blocks"))
      let spikes = Int(try section.uint8("number of spikes"))
      add(.rr, try section.int16("RR interval"))
      add(.pp, try section.int16("PP interval"))
      for block in 0..<blocks {
        var values: [Int16] = []
        for _ in 0..<8 { values.append(try section.int16("block \(block + 1) of \(blocks)")) }
        guard block == 0 else { continue }
        for (quantity, value) in zip(
          [.pOnset, .pEnd, .qrsOnset, .qrsEnd, .tEnd] as [StoredMeasurement.Quantity], values)
        {
          add(quantity, value, mayBeZero: quantity == .pOnset)
        }
        for (quantity, value) in zip([.pAxis, .qrsAxis, .tAxis] as [StoredMeasurement.Quantity], values.dropFirst(5)) {
          if abs(Int(value)) <= 360 { measurements.append(StoredMeasurement(quantity, Double(value))) }
        }
      }
      var times: [String] = []
      for spike in 0..<spikes {
        times.append(String(try section.uint16("spike \(spike + 1) of \(spikes)")))
        try section.skip(2, "spike \(spike + 1) of \(spikes)")
      }
      if !times.isEmpty { comments.append("Pacemaker spikes: \(times.joined(separator: ", ")) ms") }
      guard version ?? 13 >= 13, section.remaining >= 6 * spikes + 2 else { return }
      try section.skip(6 * spikes, "kinds of spikes")
      try readRest(&section, complexes: complexes)
    }

    /// Some makers write their own here, which shows in a number of complexes that is not section 4's. None may be
    /// counted in either.
    private mutating func readRest(_ section: inout ByteReader, complexes: Int?) throws(FormatError) {
      let count = Int(try section.uint16("number of complexes"))
      let known = complexes ?? 0
      guard count <= section.remaining, count == 0 || known == 0 || count == known else {
        let expected = known > 0 ? "\(known), as in section 4" : "at most \(section.remaining)"
        throw FormatError(
          "section 7, byte \(section.position - 2)", found: "\(count) QRS complexes", expected: expected)
      }
      let types = try section.take(count, "types of complexes").map(String.init)
      if !types.isEmpty { comments.append("Types of QRS complexes: \(types.joined(separator: ", "))") }
      guard section.remaining >= 7 else { return }
      add(.rate, try section.int16("ventricular rate"))
      try section.skip(2, "atrial rate")
      let qtc = try section.int16("QTc")
      add(try section.uint8("formula") == 1 ? .qtcBazett : .qtc, qtc)
    }

    private mutating func add(_ quantity: StoredMeasurement.Quantity, _ value: Int16, mayBeZero: Bool = false) {
      guard SCP.isMeasured(value), value > 0 || (mayBeZero && value == 0) else { return }
      measurements.append(StoredMeasurement(quantity, Double(value)))
    }
  }

  /// Section 10: what was measured lead by lead.
  ///
  /// ```
  /// leads 2, its maker's 2; each lead: code 2, length 2, values of 2 bytes
  /// ```
  /// The values that the standard names come first; what a maker adds behind them is not read. Source: EN 1064, 5.13.
  static func readLeadMeasurements(
    _ section: inout ByteReader, into measurements: inout [StoredMeasurement]
  ) throws(FormatError) {
    let count = Int(try section.uint16("number of leads"))
    try section.skip(2, "its maker's")
    for lead in 0..<count {
      let name = leadName(Int(try section.uint16("code of lead \(lead + 1) of \(count)")))
      let length = Int(try section.uint16("length of lead \(name)"))
      var values = ByteReader(try section.take(length, "values of lead \(name)"), place: "section 10, lead \(name)")
      for quantity in leadQuantities where values.remaining >= 2 {
        let value = try values.int16("value")
        if isMeasured(value) { measurements.append(StoredMeasurement(quantity, lead: name, Double(value))) }
      }
    }
  }

  /// In the order in which section 10 has them.
  private static let leadQuantities: [StoredMeasurement.Quantity] = [
    .p, .pr, .qrs, .qt, .qDuration, .rDuration, .sDuration, .rPrimeDuration, .sPrimeDuration,
    .qAmplitude, .rAmplitude, .sAmplitude, .rPrimeAmplitude, .sPrimeAmplitude, .jAmplitude,
    .pPositive, .pNegative, .tPositive, .tNegative, .stSlope, .pMorphology, .tMorphology,
    .isoelectricOnset, .isoelectricEnd, .intrinsicoid, .recordingQuality, .st20, .st60, .st80, .stSixteenth, .stEighth,
  ]

  /// 29999: not computed; 29998: the lead was rejected; 19999: there is no such wave. Some write 32767 or -32768.
  /// Source: EN 1064, 5.10.2.
  private static func isMeasured(_ value: Int16) -> Bool { ![29_999, 29_998, 19_999, 32_767, -32_768].contains(value) }
}
