import Files
import Foundation

/// `NAME.run.json`: what differs from run to run and is compared by nobody.
public struct RunFile: Sendable, Codable {
  public var schema = "ecgbook.run/1"
  /// When the render began, in UTC: `2026-03-01T12:00:00Z`.
  public var started: String
  public var seconds: Double
  public var machine: Machine
  public var cells: [Cell]
  /// Evaluations of test sets: "evaluation no. 3 of this test set".
  public var evaluations: [Evaluation] = []
  /// Why evaluations were not counted; nil when they were.
  public var ledgerProblem: String?

  /// Which evaluation of its test set a cell is, by this project's ledger.
  public struct Evaluation: Sendable, Equatable, Codable {
    public var cell, testSet: String
    public var number: Int
  }

  public struct Machine: Sendable, Codable {
    public var system: String
    public var architecture: String
    public var processors: Int

    public static var current: Machine {
      #if arch(x86_64)
        let architecture = "x86_64"
      #elseif arch(arm64)
        let architecture = "arm64"
      #else
        let architecture = "other"
      #endif
      let info = ProcessInfo.processInfo
      return Machine(
        system: info.operatingSystemVersionString, architecture: architecture, processors: info.activeProcessorCount)
    }
  }
  public struct Cell: Sendable, Codable {
    public var id, kind: String
    public var cached: Bool
    public var seconds: Double
    public var why: String
    public var volatile: Value
  }
}
