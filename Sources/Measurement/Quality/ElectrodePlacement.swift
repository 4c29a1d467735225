import Foundation

/// Whether the leads fit together: Einthoven's law, leads that are copies, and electrodes that seem exchanged.
struct ElectrodePlacement {
  struct Lead {
    var name: String
    var samples: [Float]  // mV, NaN where missing
    var isUsable: Bool
  }

  private(set) var findings: [QualityFinding] = []

  init(leads: [Lead], samplingRate: Double, beats: [Int], rule: QualityRule) {
    var standard: [String: Lead] = [:]
    for lead in leads {
      if let name = EightLeads.standardName(lead.name), standard[name] == nil { standard[name] = lead }
    }
    checkLimbLeads(standard)
    checkCopies(leads)
    checkArrangement(standard, samplingRate: samplingRate, beats: beats, rule: rule)
  }

  // MARK: Leads that must agree

  /// I + III = II, and the augmented leads are the means that Goldberger defined (Am. Heart J. 23 (1942), 483-492).
  /// Small contradictions come from leads that were filtered, or sampled, one by one: a note.
  private mutating func checkLimbLeads(_ leads: [String: Lead]) {
    let laws: [(words: String, terms: [(String, Float)])] = [
      ("II is not I + III", [("I", 1), ("III", 1), ("II", -1)]),
      ("aVR is not −(I + II) / 2", [("I", 0.5), ("II", 0.5), ("aVR", 1)]),
      ("aVL is not I − II / 2", [("I", 1), ("II", -0.5), ("aVL", -1)]),
      ("aVF is not II − I / 2", [("II", 1), ("I", -0.5), ("aVF", -1)]),
    ]
    var broken: [(words: String, error: Double, share: Double)] = []
    for law in laws {
      let terms = law.terms.compactMap { name, weight in leads[name].map { ($0.samples, weight) } }
      guard terms.count == law.terms.count, let count = terms.first?.0.count else { continue }
      let step = max(1, count / 4000)
      var (rest, size, n) = (0.0, 0.0, 0)
      for i in stride(from: 0, to: count, by: step) {
        let values = terms.map { $0.0[i] * $0.1 }
        let sum = values.reduce(0, +)
        guard sum.isFinite else { continue }
        rest += Double(sum * sum)
        size += values.reduce(0) { max($0, Double($1 * $1)) }
        n += 1
      }
      guard n > 0 else { continue }
      let error = (rest / Double(n)).squareRoot(), scale = (size / Double(n)).squareRoot()
      if error > max(0.03, 0.15 * scale) { broken.append((law.words, error, error / scale)) }
    }
    guard let worst = broken.max(by: { $0.error < $1.error }) else { return }
    let isGrave = broken.contains { $0.error > 0.05 && $0.share > 0.6 }
    findings.append(
      QualityFinding(
        .limbLeadsInconsistent, isGrave ? .warning : .note, amount: worst.error, unit: "mV",
        "The limb leads contradict one another by up to \(worst.error.short) mV in the mean: "
          + broken.map(\.words).joined(separator: ", ") + "."))
  }

  private mutating func checkCopies(_ leads: [Lead]) {
    let usable = leads.filter(\.isUsable)
    for (i, a) in usable.enumerated() {
      for b in usable.dropFirst(i + 1) where a.samples.count > 1 && a.samples == b.samples {
        findings.append(
          QualityFinding(
            .identicalLeads, .warning, lead: b.name, "Leads \(a.name) and \(b.name) are the same, sample by sample."))
      }
    }
  }

  // MARK: Electrodes in others' places

  private mutating func checkArrangement(
    _ leads: [String: Lead], samplingRate: Double, beats: [Int], rule: QualityRule
  ) {
    func note(_ reason: String) {
      findings.append(
        QualityFinding(.notExamined, .note, "Whether electrodes were exchanged was not examined: \(reason)."))
    }
    let eight: EightLeads
    do {
      eight = try EightLeads(leads.mapValues(\.samples), samplingRate: samplingRate)
    } catch {
      return note(error.reason)
    }
    guard eight.sources.allSatisfy({ leads[$0]?.isUsable ?? false }) else {
      return note("a lead that is needed for it cannot be read")
    }
    guard let model = ArrangementModel.shared else { return note("its table cannot be read") }
    guard let profile = BeatProfile(eight.samples, beats: eight.cells(of: beats), isPresent: eight.isPresent) else {
      return note("fewer than two beats are whole")
    }
    reportIsoelectric(profile)
    report(model.odds(profile), profile, rule)
  }

  /// A limb lead that shows next to nothing: both of its electrodes are on the legs, one of them the right leg's.
  private mutating func reportIsoelectric(_ profile: BeatProfile) {
    let first = Array(profile.lead(0)), second = Array(profile.lead(1))
    let third = zip(second, first).map { $0 - $1 }
    func size(_ lead: [Float]) -> Float { (lead.reduce(0) { $0 + $1 * $1 } / Float(max(1, lead.count))).squareRoot() }
    let sizes = [size(first), size(second), size(third)]
    guard let greatest = sizes.max(), greatest > 0.05 else { return }
    let causes = [
      ("I", "both arms' electrodes on the legs"), ("II", "the right arm's electrode exchanged with the right leg's"),
      ("III", "the left arm's electrode exchanged with the right leg's"),
    ]
    for (own, cause) in zip(sizes, causes) where own < 0.1 * greatest {
      findings.append(
        QualityFinding(
          .rightLegSwapped, .warning, lead: cause.0, amount: Double(100 * own / greatest), unit: "%",
          "Lead \(cause.0) shows next to nothing while the other limb leads do: probably \(cause.1)."))
    }
  }

  private mutating func report(
    _ odds: [(arrangement: ElectrodeArrangement, logOdds: Double)], _ profile: BeatProfile, _ rule: QualityRule
  ) {
    guard let best = odds.first, best.logOdds > rule.swapOdds else { return }
    let mirrored =
      chestFades(profile) && odds.contains { $0.arrangement == .armsExchanged && $0.logOdds > rule.swapOdds }
    // Others that are nearly as likely are named too.
    let others = odds.dropFirst().filter { $0.logOdds > best.logOdds - 1.5 && $0.logOdds > rule.swapOdds }.prefix(2)
    let kind: QualityFinding.Kind =
      switch best.arrangement.part {
      case .limb: .limbLeadsSwapped
      case .all: .inverted
      default: .precordialLeadsSwapped
      }
    // Few recordings have exchanged electrodes, so that these odds must be high to make it probable.
    let manner = best.logOdds > log(100) ? "are probably" : "may be"
    var sentence =
      best.arrangement == .inverted
      ? "Every lead \(best.logOdds > log(100) ? "is probably" : "may be") upside down"
      : "Electrodes \(manner) exchanged: \(best.arrangement.words)"
    if !others.isEmpty { sentence += ", or " + others.map(\.arrangement.words).joined(separator: ", or ") }
    if mirrored {
      sentence += "; or the heart lies on the right (dextrocardia), as the fading of V1 to V6 suggests. "
      sentence += "The trace alone cannot tell"
    }
    findings.append(
      QualityFinding(
        kind, .warning, amount: best.logOdds, unit: "ln odds",
        sentence + ". Axes and the place of an infarction would be wrong."))
  }

  /// Whether the QRS complex becomes smaller from V2 to V6 and does not rise there, as over a heart on the right.
  private func chestFades(_ profile: BeatProfile) -> Bool {
    func span(_ index: Int) -> (size: Float, top: Float) {
      let lead = profile.lead(index)
      return ((lead.max() ?? 0) - (lead.min() ?? 0), lead.max() ?? 0)
    }
    let v2 = span(3), v6 = span(7)
    return v6.size < 0.5 * v2.size && v6.top < 0.5 * v6.size
  }
}
