import Foundation
import Measurement
import TestSupport
import WFDB

/// The boundaries and peaks of an annotation file: `(` belongs to the peak after it, `)` to the one before.
struct AnnotatedWaves {
  /// For each boundary its samples, in order.
  var samples: [String: [Int]] = [:]

  static let boundaries = ["P onset", "P", "P end", "QRS onset", "QRS", "QRS end", "T onset", "T", "T end"]

  init(path: String) throws {
    var onset: Int?
    var kind: String?
    for annotation in try Annotations(path: path).list {
      switch annotation.code {
      case .waveOnset: (onset, kind) = (annotation.sample, nil)
      case .waveEnd:
        if let kind { samples[kind + " end", default: []].append(annotation.sample) }
        (onset, kind) = (nil, nil)
      default:
        let found: String? =
          annotation.code == .pWave ? "P" : annotation.code == .tWave ? "T" : annotation.code.isBeat ? "QRS" : nil
        guard let found, found != kind else {
          if found == nil { kind = nil }
          continue
        }
        kind = found
        samples[found, default: []].append(annotation.sample)
        if let start = onset { samples[found + " onset", default: []].append(start) }
        onset = nil
      }
    }
  }

  init(_ waves: [Wave]) {
    for wave in waves {
      let name = ["p": "P", "qrs": "QRS", "t": "T"][wave.kind.rawValue] ?? ""
      if let onset = wave.onset { samples[name + " onset", default: []].append(onset) }
      samples[name, default: []].append(wave.peak)
      if let end = wave.end { samples[name + " end", default: []].append(end) }
    }
  }

  var span: ClosedRange<Int>? {
    let all = samples.values.joined()
    guard let first = all.min(), let last = all.max() else { return nil }
    return first...last
  }
}

/// Detections against references of one boundary: paired one to one, the closest first, within 150 ms. What is not
/// paired counts as false only inside the annotated span.
struct BoundaryScore {
  var (paired, missed, false_) = (0, 0, 0)
  var errors: [Double] = []  // ms

  mutating func add(_ found: [Int], against references: [Int], in span: ClosedRange<Int>, rate: Double) {
    var pairs: [(distance: Int, reference: Int, found: Int)] = []
    for (i, reference) in references.enumerated() {
      for (k, sample) in found.enumerated() where Double(abs(sample - reference)) <= 0.15 * rate {
        pairs.append((abs(sample - reference), i, k))
      }
    }
    var (usedReferences, usedFound): (Set<Int>, Set<Int>) = ([], [])
    for pair in pairs.sorted(by: { ($0.distance, $0.reference, $0.found) < ($1.distance, $1.reference, $1.found) })
    where !usedReferences.contains(pair.reference) && !usedFound.contains(pair.found) {
      usedReferences.insert(pair.reference)
      usedFound.insert(pair.found)
      errors.append(1000 * Double(found[pair.found] - references[pair.reference]) / rate)
    }
    paired += usedReferences.count
    missed += references.count - usedReferences.count
    false_ += found.indices.count { !usedFound.contains($0) && span.contains(found[$0]) }
  }

  var sensitivity: Double { 100 * Double(paired) / Double(max(1, paired + missed)) }
  var predictiveValue: Double { 100 * Double(paired) / Double(max(1, paired + false_)) }
  var mean: Double { errors.reduce(0, +) / Double(max(1, errors.count)) }
  var deviation: Double {
    (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, errors.count - 1))).squareRoot()
  }
}

/// Runs `body` with the unpacked content of an archive among the shared data.
func withArchive<Result>(_ name: String, _ body: (String) throws -> Result) throws -> Result {
  try withTemporaryFolder { folder in
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-xJf", SharedData.path(name), "-C", folder]
    try tar.run()
    tar.waitUntilExit()
    guard tar.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
    return try body(folder)
  }
}
