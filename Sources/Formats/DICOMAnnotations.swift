import WFDB

/// What an object's Waveform Annotation Sequence says. Source: DICOM PS3.3, C.10.10.
struct DICOMAnnotations {
  private(set) var statements: [String] = []
  private(set) var measurements: [StoredMeasurement] = []
  /// A line for each value, point or text that is neither.
  private(set) var comments: [String] = []
  private(set) var filterWords: [String] = []
  private(set) var isConfirmed: Bool?
  private(set) var warnings: [FormatWarning] = []

  private let groups: [DICOMMultiplexGroup]
  /// The group that the leads are of.
  private let main: DICOMMultiplexGroup
  private let names: [[String]]

  /// What stands in texts behind a word, for which there is no attribute.
  private enum Key: String, CaseIterable {
    case comment = "Comment: "
    case filter = "Filter: "
    case confirmed = "Confirmed: "
  }

  /// Texts that say of a recording what no attribute does; read again, they are no statements.
  static func lines(_ recording: StoredRecording) -> [String] {
    (recording.isConfirmed.map { [Key.confirmed.rawValue + ($0 ? "yes" : "no")] } ?? [])
      + recording.filters.words.map { Key.filter.rawValue + $0 } + recording.comments.map { Key.comment.rawValue + $0 }
  }

  /// Whether a text would be read as one of ``lines(_:)``.
  static func isLine(_ text: String) -> Bool { Key.allCases.contains { text.hasPrefix($0.rawValue) } }

  init(_ annotations: [DICOMDataSet], groups: [DICOMMultiplexGroup], main: DICOMMultiplexGroup) {
    (self.groups, self.main, names) = (groups, main, groups.map(\.names))
    var points: [(group: Double, items: [(index: Int, DICOMDataSet, DICOMCode)])] = []
    var places: [Double: Int] = [:]
    for (index, annotation) in annotations.enumerated() {
      if let text = annotation.text(.unformattedText) {
        add(text)
      } else if let name = DICOMCode(annotation, .conceptName) {
        if annotation.contains(.rangeType), !annotation.contains(.numericValue) {
          let group = annotation.number(.annotationGroup) ?? -1
          let place = places[group] ?? points.count
          if place == points.count {
            points.append((group, []))
            places[group] = place
          }
          points[place].items.append((index + 1, annotation, name))
        } else {
          add(name, annotation, number: index + 1)
        }
      } else {
        warn(index + 1, "neither a text nor a concept")
      }
    }
    for group in points { add(points: group.items) }
  }

  private mutating func warn(_ number: Int, _ reason: String) {
    warnings.append(FormatWarning("\(DICOMAttribute.annotations) item \(number)", reason))
  }

  private mutating func add(_ text: String) {
    let key = Key.allCases.first { text.hasPrefix($0.rawValue) }
    let rest = text.dropFirst(key?.rawValue.count ?? 0).trimmed
    switch key {
    case .comment: comments.append(rest)
    case .filter: filterWords.append(rest)
    case .confirmed where ["yes", "no"].contains(rest) && isConfirmed == nil: isConfirmed = rest == "yes"
    case .confirmed, nil: statements.append(text)
    }
  }

  /// A measured value, or a concept with a coded answer.
  private mutating func add(_ name: DICOMCode, _ annotation: DICOMDataSet, number: Int) {
    let lead = channel(annotation)
    let place = lead.map { " in \($0)" } ?? ""
    guard annotation.contains(.numericValue) else {
      let answer = DICOMCode(annotation, .conceptCode)
      comments.append(name.title + (answer.map { ": \($0.title)" } ?? "") + place)
      return
    }
    guard let value = annotation.number(.numericValue) else {
      return warn(number, "the \(name.title) is '\(annotation.value(.numericValue) ?? "")'; expected a number")
    }
    let units = DICOMCode(annotation, .measurementUnits)?.value ?? ""
    if let meaning = DICOMQuantity.meaning(of: name),
      let factor = DICOMQuantity.factor(from: units, to: meaning.quantity)
    {
      guard value != 0 || !Self.isNeverZero(meaning.quantity) else {
        return warn(number, "the \(name.title) is 0 \(units), which counts as not measured")
      }
      let lead = meaning.lead ?? (meaning.isOfOneLead == false ? nil : lead)
      measurements.append(StoredMeasurement(meaning.quantity, lead: lead, value * factor))
    } else {
      comments.append("\(name.title): \(Self.text(value))" + (units.isEmpty ? "" : " \(units)") + place)
    }
  }

  private static func isNeverZero(_ quantity: StoredMeasurement.Quantity) -> Bool {
    switch quantity {
    case .rate, .rr, .pp, .p, .pr, .qrs, .qt, .qtc, .qtcBazett, .qtcFridericia: true
    default: false
    }
  }

  /// The points and segments of one annotation group: a beat's. Those of the representative beat are measurements,
  /// where a quantity names them; the others are a line.
  private mutating func add(points: [(index: Int, DICOMDataSet, DICOMCode)]) {
    var words: [String] = []
    let representative = representative(points)
    for (number, annotation, code) in points {
      let group = representative ?? self.group(annotation) ?? main
      let positions = annotation.numbers(.samplePositions).map { ($0 - 1) / group.samplingFrequency }  // from 1
      let times = positions.isEmpty ? annotation.numbers(.timeOffsets) : positions
      guard !times.isEmpty else {
        warn(number, "the \(code.title) has neither sample positions nor time offsets")
        continue
      }
      if representative != nil, times.count == 1, let quantity = DICOMQuantity.point(of: code) {
        measurements.append(StoredMeasurement(quantity, lead: channel(annotation), times[0] * 1000))
        continue
      }
      let separator = annotation.value(.rangeType) == "SEGMENT" ? "–" : ", "
      let shown = times.prefix(20).map { Self.text(($0 * 10_000).rounded() / 10_000) }
      let rest = times.count > 20 ? " and \(times.count - 20) more" : ""
      let place = channel(annotation).map { " in \($0)" } ?? ""
      words.append("\(code.title)\(place) \(shown.joined(separator: separator))\(rest) s")
    }
    guard !words.isEmpty else { return }
    let line = words.joined(separator: ", ")
    comments.append(representative.map { "\($0.label ?? "Representative beat"): " + line } ?? line)
  }

  /// The group of a representative beat that points are of: the derived one that they refer to, or one whose trigger
  /// is their fiducial point. (Mortara's ELI refers to the first group and means the second.)
  private func representative(_ points: [(index: Int, DICOMDataSet, DICOMCode)]) -> DICOMMultiplexGroup? {
    if let (_, annotation, _) = points.first, let group = group(annotation), !group.isOriginal { return group }
    let fiducial = points.first { DICOMQuantity.isFiducialPoint($0.2) }?.1.number(.samplePositions)
    return groups.first { group in
      !group.isOriginal && group.triggerSample != nil && group.triggerSample.map(Double.init) == fiducial
    }
  }

  /// The multiplex group that an annotation refers to.
  private func group(_ annotation: DICOMDataSet) -> DICOMMultiplexGroup? {
    annotation.number(.referencedChannels).flatMap { number in groups.first { Double($0.number) == number } }
  }

  /// The one channel that an annotation refers to; nil for all or several.
  private func channel(_ annotation: DICOMDataSet) -> String? {
    let numbers = annotation.numbers(.referencedChannels)
    guard numbers.count == 2, let group = group(annotation), let channel = Int(exactly: numbers[1]), channel > 0 else {
      return nil
    }
    return names[group.number - 1].dropFirst(channel - 1).first
  }

  private static func text(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}
