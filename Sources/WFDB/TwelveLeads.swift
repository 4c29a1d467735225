/// Where each of the twelve standard leads comes from in a recording: one of its leads, a combination of two, or
/// nothing.
///
/// A limb lead that was not recorded follows from any two of the six that were:
/// ```
/// III = II - I      (Einthoven)
/// aVR = -(I + II) / 2,  aVL = I - II / 2,  aVF = II - I / 2      (Goldberger)
/// ```
/// Sources: Einthoven, Fahr & de Waart, Pflügers Arch 150 (1913), 275-315; Goldberger, Am Heart J 23 (1942), 483-492.
public struct TwelveLeads: Sendable, Equatable {
  /// In the order of ``LeadName/twelve``.
  public let leads: [Lead]
  /// What a reader should know: a lead that stands twice, one with the sign turned, one converted to millivolts.
  public let notes: [String]

  public struct Lead: Sendable, Equatable {
    public let name: String
    public let origin: Origin
    /// The lead is the sum of these leads of the recording, each times its weight, in millivolts. Empty when it is
    /// missing.
    public let terms: [Term]
  }

  public struct Term: Sendable, Equatable {
    public let lead: Int  // index among the recording's leads
    public let weight: Double  // millivolts per unit of that lead
  }

  public enum Origin: Sendable, Equatable {
    /// The name is the recording's.
    case recorded(as: String)
    /// Computed from two recorded limb leads.
    case derived(from: [String])
    case missing(reason: String)
  }

  public var isComplete: Bool { leads.allSatisfy { !$0.terms.isEmpty } }

  /// - Parameters:
  ///   - names: the recording's leads, in any spelling that ``LeadName`` knows, in any order.
  ///   - units: of each.
  ///   - isEmpty: whether no sample of a lead is there, so that it counts as not recorded.
  public init(names: [String], units: [String], isEmpty: (Int) -> Bool = { _ in false }) {
    precondition(names.count == units.count, "\(names.count) leads, \(units.count) units")
    var notes: [String] = []
    var found: [String: (term: Term, name: String)] = [:]
    var reasons: [String: String] = [:]
    for (index, spelling) in names.enumerated() {
      guard let name = LeadName(spelling), LeadName.twelve.contains(name.standard) else { continue }
      guard let scale = millivolts(per: units[index]) else {
        reasons[name.standard] = "lead \(spelling) is in '\(units[index])', which is no voltage"
        continue
      }
      guard !isEmpty(index) else {
        reasons[name.standard] = "lead \(spelling) has no sample"
        continue
      }
      if let first = found[name.standard] {
        notes.append("lead \(name.standard) stands twice; \(first.name) is taken, \(spelling) is not")
        continue
      }
      if name.isInverted { notes.append("lead \(spelling) was turned to \(name.standard)") }
      if scale != 1 { notes.append("lead \(spelling) was converted from \(units[index]) to mV") }
      found[name.standard] = (Term(lead: index, weight: name.isInverted ? -scale : scale), spelling)
    }
    let limbs = Self.limbs.filter { found[$0.name] != nil }
    leads = LeadName.twelve.map { name in
      if let (term, spelling) = found[name] { return Lead(name: name, origin: .recorded(as: spelling), terms: [term]) }
      let reason = reasons[name] ?? "lead \(name) was not recorded"
      guard let target = Self.limbs.first(where: { $0.name == name }) else {
        return Lead(name: name, origin: .missing(reason: reason), terms: [])
      }
      guard limbs.count >= 2, let one = found[limbs[0].name], let other = found[limbs[1].name] else {
        let there = limbs.first.map { "only \($0.name) is" } ?? "none is"
        return Lead(
          name: name,
          origin: .missing(reason: "\(reason), and of the two limb leads from which it follows, \(there) there"),
          terms: [])
      }
      // No two of the six limb leads are multiples of each other, so this solves a·one + b·other = target.
      let determinant = limbs[0].i * limbs[1].ii - limbs[0].ii * limbs[1].i
      let a = (target.i * limbs[1].ii - target.ii * limbs[1].i) / determinant
      let b = (limbs[0].i * target.ii - limbs[0].ii * target.i) / determinant
      return Lead(
        name: name, origin: .derived(from: [one.name, other.name]),
        terms: [
          Term(lead: one.term.lead, weight: a * one.term.weight),
          Term(lead: other.term.lead, weight: b * other.term.weight),
        ])
    }
    self.notes = notes
  }

  /// Each limb lead as a sum of I and II.
  private static let limbs: [(name: String, i: Double, ii: Double)] = [
    ("I", 1, 0), ("II", 0, 1), ("III", -1, 1), ("aVR", -0.5, -0.5), ("aVL", 1, -0.5), ("aVF", -0.5, 1),
  ]
}

extension Record {
  /// The twelve standard leads in their order, in millivolts: those that were recorded, and those that follow from
  /// them. A sample is missing (NaN) where one that it follows from is; a lead that is missing altogether has none.
  public func twelveLeads() -> (origins: TwelveLeads, samples: [[Double]]) {
    let origins = TwelveLeads(names: leads.map(\.name), units: leads.map(\.units)) { index in
      leads[index].samples.allSatisfy { $0.isNaN }
    }
    let samples = origins.leads.map { lead -> [Double] in
      guard let first = lead.terms.first else { return [] }
      var sum = leads[first.lead].samples
      if first.weight != 1 { for i in sum.indices { sum[i] *= first.weight } }
      for term in lead.terms.dropFirst() {
        for (i, value) in zip(sum.indices, leads[term.lead].samples) { sum[i] += term.weight * value }
      }
      return sum
    }
    return (origins, samples)
  }
}

extension RecordStream {
  /// Where the twelve standard leads come from in this record. Whether a lead has samples at all, only reading tells.
  public var twelveLeads: TwelveLeads { TwelveLeads(names: leadNames, units: units) }

  /// Reads a stretch of the twelve standard leads, in millivolts.
  /// - Parameters:
  ///   - origins: this stream's ``twelveLeads``.
  ///   - output: `[12, frames]`, lead after lead; NaN where a sample or the lead is missing.
  /// - Throws: ``RecordError`` when a file cannot be read.
  /// - Precondition: `frames` lies in `0..<sampleCount`, and `output` has `12 × frames.count` elements.
  public func read(
    _ origins: TwelveLeads, _ frames: Range<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(RecordError) {
    let count = frames.count
    precondition(output.count == origins.leads.count * count, "\(output.count) elements for [12, frames]")
    let used = Set(origins.leads.flatMap(\.terms).map(\.lead)).sorted()
    var samples = [Float](repeating: 0, count: used.count * count)
    let failure = samples.withUnsafeMutableBufferPointer { buffer -> RecordError? in
      do throws(RecordError) { try readMillivolts(frames, leads: used, into: buffer) } catch { return error }
      for (row, lead) in origins.leads.enumerated() {
        let place = row * count
        guard !lead.terms.isEmpty else {
          for frame in 0..<count { output[place + frame] = .nan }
          continue
        }
        for (number, term) in lead.terms.enumerated() {
          guard let source = used.firstIndex(of: term.lead), let scale = millivolts(per: units[term.lead]) else {
            continue
          }
          let weight = Float(term.weight / scale)  // what was read is in millivolts already
          for frame in 0..<count {
            let value = weight * buffer[source * count + frame]
            output[place + frame] = number == 0 ? value : output[place + frame] + value
          }
        }
      }
      return nil
    }
    if let failure { throw failure }
  }
}
