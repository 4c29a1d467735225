import Files
import Foundation

/// What decided each cell of a report when it was last rendered: kept so that `--explain` can say what changed.
struct LastRun: Codable {
  var cells: [String: KeyParts] = [:]

  private static func path(_ report: Report, row: String?, in folder: String) -> String {
    let place = URL(filePath: report.path).standardizedFileURL.path + (row.map { "\n\($0)" } ?? "")
    return "\(folder)/last/\(report.name)-\(Digest(of: place).short).json"
  }

  /// - Parameter row: of a batch, whose rows are remembered one by one.
  init(_ report: Report, row: String? = nil, in folder: String) {
    guard let data = try? readFile(Self.path(report, row: row, in: folder)),
      let last = try? JSONDecoder().decode(LastRun.self, from: data)
    else { return }
    self = last
  }

  func save(_ report: Report, row: String? = nil, in folder: String) throws {
    try FileManager.default.makeFolder("\(folder)/last")
    try writeFile(try CanonicalJSON.data(self), to: Self.path(report, row: row, in: folder))
  }
}

/// Why a cell ran, or did not.
public struct Explanation: Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case cached
    /// The kind has nothing to remember.
    case neverCached
    case firstRun
    /// The parts of the key that changed since the report was last rendered.
    case changed([String])
    /// The key is the last one, but its entry is gone.
    case entryMissing
  }
  public var id, kind: String
  public var reason: Reason

  public var description: String {
    let words = switch reason {
    case .cached: "from the cache"
    case .neverCached: "runs each time: it computes nothing worth remembering"
    case .firstRun: "runs: no earlier result"
    case .changed(let changes): "runs: " + changes.joined(separator: "; ")
    case .entryMissing: "runs: its entry in the cache is gone"
    }
    return "\(id) (\(kind)): \(words)"
  }
}
