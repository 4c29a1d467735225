import WFDB

/// Channels that were sampled together: an item of the Waveform Sequence. Source: DICOM PS3.3, C.10.9.
struct DICOMMultiplexGroup {
  /// Its place in the sequence, from 1, as annotations count.
  let number: Int
  let label: String?
  /// Whether the samples are those that were acquired, and not computed of them, as a median beat is.
  let isOriginal: Bool
  let samplingFrequency: Double  // hertz
  let sampleCount: Int
  /// When it begins, after the acquisition's beginning.
  let offset: Double  // seconds
  /// Of the trigger, from 1: the fiducial point of a median beat.
  let triggerSample: Int?
  /// A definition each.
  let channels: [DICOMDataSet]
  private let set: DICOMDataSet

  /// Channels beyond which a group is refused; the ECG objects of PS3.3, A.34 have 24 at most.
  private static let maximumChannels = 1024

  /// - Throws: ``FormatError`` when what says how the samples are laid out is absent or contradicts itself.
  init(_ set: DICOMDataSet, number: Int) throws(FormatError) {
    (self.set, self.number) = (set, number)
    label = set.value(.groupLabel)
    isOriginal = set.value(.originality) != "DERIVED"
    guard let frequency = set.number(.samplingFrequency), frequency > 0, frequency < 1e9 else {
      throw set.error(.samplingFrequency, expected: "hertz, more than 0")
    }
    samplingFrequency = frequency
    let channelCount = try set.wholeNumber(.channelCount, 1...Self.maximumChannels)
    sampleCount = try set.wholeNumber(.sampleCount, 1...Int(UInt32.max))
    guard channelCount <= RecordFormat.maximumSamples / sampleCount else {
      throw set.error(
        .sampleCount, found: "\(Self.words(channelCount)) of \(sampleCount) samples",
        expected: "at most \(RecordFormat.maximumSamples) samples together")
    }
    channels = set.items(.channels)
    guard channels.count == channelCount else {
      throw set.error(
        .channels, found: "\(channels.count) definitions", expected: "one for each of \(Self.words(channelCount))")
    }
    offset = (set.number(.timeOffset) ?? 0) / 1000
    triggerSample = set.number(.triggerSample).flatMap { Int(exactly: $0) }
  }

  var duration: Double { Double(sampleCount) / samplingFrequency }

  /// `12 channels`
  var channelWords: String { Self.words(channels.count) }
  private static func words(_ channels: Int) -> String { channels == 1 ? "1 channel" : "\(channels) channels" }

  /// `multiplex group 2 (MEDIAN BEAT)`
  var title: String { "multiplex group \(number)" + (label.map { " (\($0))" } ?? "") }

  /// The lead of each channel: by the code of its source, its label, or the words beside the code.
  var names: [String] {
    channels.enumerated().map { index, channel in
      let code = DICOMCode(channel, .channelSource)
      let label = channel.value(.channelLabel)
      let name = code.flatMap(DICOMLead.name)
      if let label, name == nil || LeadName(label).map({ "\($0)" }) == name { return label }
      if let name { return name }
      if let meaning = code?.meaning, !meaning.isEmpty { return meaning }
      return "channel \(index + 1)"
    }
  }

  /// The leads in physical units: millivolts for voltages. A padding value is NaN.
  /// - Parameter warnings: gets what is odd.
  func leads(_ warnings: inout [FormatWarning]) throws(FormatError) -> [Lead] {
    let coding = try SampleCoding(set)
    guard let data = set.bytes(.waveformData) else { throw set.error(.waveformData, expected: "the samples") }
    let (count, width) = (channels.count * sampleCount, coding.width)
    guard data.count >= count * width else {
      throw set.error(
        .waveformData, found: "\(data.count) bytes",
        expected: "\(count * width): \(channelWords) of \(sampleCount) samples of \(width) bytes")
    }
    if data.count > count * width + 1 {
      warnings.append(
        FormatWarning(
          title, "the waveform data have \(data.count - count * width) bytes more than channels and samples need"))
    }
    let padding = set.bytes(.paddingValue).flatMap { $0.count >= width ? coding.pattern($0, 0) : nil }
    var leads: [Lead] = []
    for (index, (channel, name)) in zip(channels, names).enumerated() {
      let scale = try Scale(channel, "\(title), channel \(index + 1)", &warnings)
      var patterns = [UInt64](repeating: 0, count: sampleCount)
      var used: UInt64 = 0  // every bit that any sample has
      for sample in 0..<sampleCount {
        let pattern = coding.pattern(data, sample * channels.count + index)
        patterns[sample] = pattern
        if pattern != padding { used |= pattern }
      }
      let signBits = coding.signBits(stored: channel.number(.bitsStored).flatMap { Int(exactly: $0) }, used: used)
      let samples = patterns.map { $0 == padding ? .nan : scale.value(coding.number($0, signBits: signBits)) }
      let skew = Self.skew(channel, samplingFrequency)
      let shift = Int(max(-Double(sampleCount), min(Double(sampleCount), skew.rounded())))
      if skew != 0 {
        warnings.append(
          FormatWarning(
            "\(title), lead \(name)",
            "the channel begins \(skew) samples late; it was moved by \(shift), what is beyond the ends is left out"))
      }
      leads.append(Lead(name: name, units: scale.units, samples: shift == 0 ? samples : Self.moved(samples, by: shift)))
    }
    return leads
  }

  /// Samples by which a channel begins later than its group.
  private static func skew(_ channel: DICOMDataSet, _ frequency: Double) -> Double {
    if let samples = channel.number(.sampleSkew), samples != 0 { return samples }
    return (channel.number(.timeSkew) ?? 0) / 1000 * frequency
  }

  /// As many samples, each `shift` places later; what is not known is NaN.
  static func moved(_ samples: [Double], by shift: Int, count: Int? = nil) -> [Double] {
    (0..<(count ?? samples.count)).map { index in
      let source = index - shift
      return samples.indices.contains(source) ? samples[source] : .nan
    }
  }

  /// Of what was done to the signal, what all channels have in common.
  func filters(_ warnings: inout [FormatWarning]) -> StoredRecording.Filters {
    func common(_ attribute: DICOMAttribute) -> Double? {
      let values = channels.map { $0.number(attribute).flatMap { $0 > 0 ? $0 : nil } }  // 0 is none
      guard let first = values.first else { return nil }
      if values.contains(where: { $0 != first }) {
        warnings.append(FormatWarning(title, "the channels differ in their \(attribute.name)"))
        return nil
      }
      return first
    }
    var filters = StoredRecording.Filters()
    filters.highPass = common(.filterLow)
    filters.lowPass = common(.filterHigh)
    filters.notch = common(.filterNotch)
    return filters
  }

  /// How a sample is encoded. Source: PS3.3, C.10.9.1.5.
  private struct SampleCoding {
    let width: Int  // bytes
    let isSigned: Bool
    let isBigEndian: Bool

    init(_ set: DICOMDataSet) throws(FormatError) {
      let widths = ["B": 1, "S": 2, "L": 4, "V": 8]
      guard let term = set.value(.interpretation), term.count == 2, let sign = term.first, "SU".contains(sign),
        let width = term.last.flatMap({ widths[String($0)] })
      else { throw set.error(.interpretation, expected: "SB, UB, SS, US, SL, UL, SV or UV") }
      let bits = try set.wholeNumber(.bitsAllocated, 1...64)
      guard bits == 8 * width else {
        throw set.error(.bitsAllocated, found: "\(bits) bits for samples of \(term)", expected: "\(8 * width)")
      }
      (self.width, isSigned, isBigEndian) = (width, sign == "S", set.isBigEndian)
    }

    /// The bits of the sample at an index; the caller has seen that there are so many bytes.
    func pattern(_ data: ArraySlice<UInt8>, _ index: Int) -> UInt64 {
      let start = data.startIndex + index * width
      var pattern: UInt64 = 0
      for byte in 0..<width {
        pattern = pattern << 8 | UInt64(data[isBigEndian ? start + byte : start + width - 1 - byte])
      }
      return pattern
    }

    /// How many bits a number has. The sign must reach the highest bit (PS3.3, Waveform Data); where a channel has
    /// fewer bits stored than allocated and none above them, it does not, and the highest bit stored is the sign.
    func signBits(stored: Int?, used: UInt64) -> Int {
      let allocated = 8 * width
      guard isSigned, let stored, (1..<allocated).contains(stored), used >> UInt64(stored) == 0 else {
        return allocated
      }
      return stored
    }

    func number(_ pattern: UInt64, signBits: Int) -> Double {
      guard isSigned else { return Double(pattern) }
      let shift = UInt64(64 - signBits)
      return Double(Int64(bitPattern: pattern << shift) >> Int64(shift))
    }
  }

  /// `value = sample × sensitivity × correction + baseline`. Source: PS3.3, C.10.9.1.4.2 to C.10.9.1.4.4.
  private struct Scale {
    let units: String
    private let sensitivity: Double
    private let baseline: Double
    private let perMillivolt: Double

    init(_ channel: DICOMDataSet, _ place: String, _ warnings: inout [FormatWarning]) throws(FormatError) {
      guard channel.contains(.sensitivity) else {
        (units, sensitivity, baseline, perMillivolt) = ("NU", 1, 0, 1)
        warnings.append(FormatWarning(place, "no sensitivity: the samples have no known units"))
        return
      }
      guard let sensitivity = channel.number(.sensitivity), sensitivity != 0 else {
        throw channel.error(.sensitivity, expected: "units a digit, not 0")
      }
      self.sensitivity = sensitivity * (channel.number(.sensitivityCorrection) ?? 1)
      guard self.sensitivity != 0, abs(self.sensitivity) < 1e100 else {
        throw channel.error(.sensitivityCorrection, expected: "a factor, about 1")
      }
      baseline = channel.number(.baseline) ?? 0
      let code = DICOMCode(channel, .sensitivityUnits)
      let voltages = ["uV": 1000.0, "µV": 1000, "mV": 1, "V": 0.001, "nV": 1_000_000]
      if let code, let perMillivolt = voltages[code.value] {
        (units, self.perMillivolt) = ("mV", perMillivolt)
      } else {
        let name = code.map { $0.value.isEmpty || $0.value == "1" ? $0.meaning : $0.value } ?? ""
        (units, perMillivolt) = (name.isEmpty || name == "no units" ? "NU" : name, 1)
        warnings.append(FormatWarning(place, "the units are '\(units)'; expected uV, mV or V of UCUM"))
      }
    }

    func value(_ sample: Double) -> Double { (sample * sensitivity + baseline) / perMillivolt }
  }
}
