/// Ten folds in which no patient crosses and every label is spread evenly.
///
/// Iterative stratification (Sechidis, Tsoumakas & Vlahavas, ECML PKDD 2011), as for PTB-XL, with patients instead of
/// records: the rarest label that is left is dealt out first, each of its patients to the fold that lacks it most.
enum Folds {
  static let count = 10

  /// The fold (1 ... 10) of each record.
  static func assign(_ records: [(patient: Int, labels: [String])]) -> [Int] {
    var labelsOf: [Int: [String]] = [:]
    for (patient, labels) in records { labelsOf[patient, default: []] += labels }
    var sizeOf: [Int: Int] = [:]
    for (patient, _) in records { sizeOf[patient, default: 0] += 1 }
    var waiting = labelsOf.keys.sorted()

    let names = Set(records.flatMap(\.labels)).sorted()
    var wanted: [String: [Double]] = [:]
    for name in names {
      let total = records.reduce(0) { $0 + ($1.labels.contains(name) ? 1 : 0) }
      wanted[name] = Array(repeating: Double(total) / Double(count), count: count)
    }
    var room = Array(repeating: Double(records.count) / Double(count), count: count)
    var foldOf: [Int: Int] = [:]

    while !waiting.isEmpty {
      var left: [String: Int] = [:]
      for patient in waiting { for label in Set(labelsOf[patient] ?? []) { left[label, default: 0] += 1 } }
      let rarest = names.filter { left[$0] != nil }.min { (left[$0] ?? 0, $0) < (left[$1] ?? 0, $1) }
      let dealt = waiting.filter { patient in rarest.map { labelsOf[patient]?.contains($0) ?? false } ?? true }
      for patient in dealt {
        let lack = rarest.flatMap { wanted[$0] } ?? room
        let fold = (0..<count).max { (lack[$0], room[$0], -$0) < (lack[$1], room[$1], -$1) } ?? 0
        foldOf[patient] = fold + 1
        for label in labelsOf[patient] ?? [] { wanted[label]?[fold] -= 1 }
        room[fold] -= Double(sizeOf[patient] ?? 0)
      }
      let done = Set(dealt)
      waiting.removeAll { done.contains($0) }
    }
    return records.map { foldOf[$0.patient] ?? 1 }
  }
}
