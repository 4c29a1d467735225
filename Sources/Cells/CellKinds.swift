import Book
import Foundation
import Learning
import Torch

/// Every kind of cell, in the order in which a report meets them. A new kind is one file and one line here.
public let cellKinds: [any Cell.Type] = [
  DatasetCell.self, TrainCell.self, EnsembleCell.self, ModelCell.self, EvaluateCell.self, CompareCell.self,
  MeasureCell.self, InferCell.self, SerialCell.self, FigureCell.self, PanelsCell.self, TableCell.self, ClaimCell.self, ChecklistCell.self,
  ProvenanceCell.self, CitationsCell.self,
]

/// The version of the tool, as model folders and reports name it.
public let toolVersion = "0.1.0"

/// A cell that cannot go on: what it found, and what would be right.
public struct CellError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

// No data explain these.
extension TorchError: MachineFailure {}
extension LostWorkerError: MachineFailure {}
extension TrainingError: MachineFailure {
  public var isOfMachine: Bool { if case .lostWorker = self { true } else { false } }
}

extension RunContext {
  /// What a needed cell left.
  func cell(_ reference: Reference) throws -> NeededCell {
    guard let cell = needed[reference.id] else { throw CellError("no cell '\(reference.id)'") }
    return cell
  }
  func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : reportFolder + "/" + path }
}

extension PresentContext {
  func cell(_ reference: Reference) throws -> RunContext.NeededCell {
    guard let cell = needed[reference.id] else { throw CellError("no cell '\(reference.id)'") }
    return cell
  }
}

extension PlanContext {
  func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : reportFolder + "/" + path }
}
