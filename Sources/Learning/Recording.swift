import Foundation
import PTBXL
import WFDB

/// A recording made ready for a network: its leads in the network's order, in millivolts, at the network's rate.
public struct Recording: Sendable {
  public var name: String
  public var samplingRate: Double  // Hz, of `leads`
  public var originalRate: Double  // Hz, of the file
  public var leads: [[Float]]  // [lead][sample], mV; missing samples are NaN
  /// What was done to it, one sentence each: resampled, converted, reordered.
  public var notes: [String]

  /// - Parameter names: of leads, in any spelling that `LeadName` knows, as the record's are.
  /// - Throws: ``RecordingError`` when a lead is missing, its unit is no voltage, or it is empty.
  public init(_ record: Record, leads names: [String], samplingRate: Double) throws {
    name = record.name
    self.samplingRate = samplingRate
    originalRate = record.samplingFrequency
    var (leads, notes): ([[Float]], [String]) = ([], [])
    let available = record.leads.map(\.name)
    for name in names {
      guard
        let lead = record.leads.first(where: { $0.name == name })
          ?? record.leads.first(where: { LeadName.areSame($0.name, name) })
      else {
        throw RecordingError(record.name, "has no lead \(name); it holds \(available.isEmpty ? "none" : available.joined(separator: ", "))")
      }
      guard let factor = millivolts(per: lead.units) else {
        throw RecordingError(record.name, "lead \(lead.name) is in '\(lead.units)'; expected mV, µV or V")
      }
      if factor != 1 { notes.append("lead \(lead.name) converted from \(lead.units) to mV") }
      guard !lead.samples.isEmpty else { throw RecordingError(record.name, "lead \(lead.name) is empty") }
      guard lead.samples.contains(where: { !$0.isNaN }) else {
        throw RecordingError(record.name, "lead \(lead.name) has no valid sample")
      }
      leads.append(lead.samples.map { Float($0 * factor) })
    }
    if originalRate != samplingRate {
      leads = try leads.map { try resample($0, from: record.samplingFrequency, to: samplingRate) }
      notes.append("resampled from \(record.samplingFrequency.plainText) to \(samplingRate.plainText) Hz")
    }
    let order = available.compactMap { lead in
      names.first { $0 == lead } ?? names.first { LeadName.areSame($0, lead) }
    }
    if order != names { notes.append("leads reordered to \(names.joined(separator: ", "))") }
    (self.leads, self.notes) = (leads, notes)
  }

  public var seconds: Double { Double(leads.first?.count ?? 0) / samplingRate }
}

public struct RecordingError: Error, Equatable, CustomStringConvertible {
  public let record, problem: String
  init(_ record: String, _ problem: String) { (self.record, self.problem) = (record, problem) }
  public var description: String { "record \(record) \(problem)" }
}

extension Double {
  /// "500", "62.5".
  var plainText: String { self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self) }
}
