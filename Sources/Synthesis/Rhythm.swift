#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// When the heart's chambers fire. Milliseconds; it begins before the record and ends after it, so that waves cross its
/// edges.
struct Rhythm {
  struct AtrialBeat {
    var onset: Double  // of P
    var isEctopic = false
  }
  struct VentricularBeat {
    var onset: Double  // of QRS
    var origin = SyntheticECG.Beat.Origin.conducted
    var atrial: Int?  // the atrial beat that it follows
  }
  /// What the atria do when they don't beat.
  enum Atria {
    case beating, fibrillating, silent
    case fluttering(cycle: Double)
  }

  var atrial: [AtrialBeat] = []
  var ventricular: [VentricularBeat] = []
  var atria = Atria.beating

  static let start = -3000.0

  /// - Parameters:
  ///   - end: of the record.
  ///   - cycle: mean RR of the sinus.
  ///   - pr: of a conducted beat.
  init(
    _ diagnoses: [(Diagnosis, severity: Double)], end: Double, cycle: Double, pr: Double, variability: Double,
    breathing: Respiration, _ random: inout Randomness
  ) {
    func severity(_ diagnosis: Diagnosis) -> Double? { diagnoses.first { $0.0 == diagnosis }?.severity }
    let stop = end + 1000
    let mean = cycle
    var sinus = Sinus(cycle: mean, variability: variability, breathing: breathing, &random)
    if let s = severity(.sarrh) { sinus.breathingPart = along(0.10, 0.19, s) }

    if severity(.pace) != nil {
      pace(stop: stop, cycle: random.uniform(810...1000), hasAtrium: random.chance(0.5), &random)
    } else if let s = severity(.avb3) {
      block(stop: stop, sinus: &sinus, escape: along(1250, 1900, s), &random)
    } else if severity(.afib) != nil {
      atria = .fibrillating
      fibrillate(stop: stop, cycle: mean, &random)
    } else if severity(.aflt) != nil {
      flutter(stop: stop, &random)
    } else if let s = severity(.svtac) {
      atria = .silent
      let regular = along(390, 290, s)
      var time = Self.start + random.uniform(0...regular)
      while time < stop {
        ventricular.append(VentricularBeat(onset: time))
        time += regular * (1 + random.normal(0, 0.006))
      }
    } else {
      beat(
        stop: stop, end: end, sinus: &sinus, pr: pr, isBlocking: severity(.avb2) != nil,
        isBigeminal: severity(.bigu) != nil, prematureVentricular: severity(.pvc),
        prematureAtrial: severity(.pac), &random)
    }
    if severity(.pvc) != nil, ventricular.allSatisfy({ $0.origin != .ventricular }) {
      interrupt(end: end, &random)
    }
  }

  /// The sinus node: slow waves of pressure control near 0.1 Hz and breathing, as McSharry's bimodal spectrum has them.
  struct Sinus {
    var cycle: Double
    var slowPart: Double
    var breathingPart: Double
    var noise: Double
    let slowFrequency: Double, slowPhase: Double
    let breathing: Respiration

    init(cycle: Double, variability: Double, breathing: Respiration, _ random: inout Randomness) {
      (self.cycle, self.breathing) = (cycle, breathing)
      slowPart = 0.020 * variability * random.uniform(0.5...1.5)
      breathingPart = 0.022 * variability * random.uniform(0.4...1.6)
      noise = 0.006 * variability
      (slowFrequency, slowPhase) = (random.uniform(0.08...0.12), random.angle())
    }

    func interval(at time: Double, _ random: inout Randomness) -> Double {
      let slow = slowPart * sin(2 * .pi * slowFrequency * time / 1000 + slowPhase)
      return cycle * (1 + slow + breathingPart * breathing.wave(time) + random.normal(0, noise))
    }
  }

  // MARK: - Rhythms

  private mutating func beat(
    stop: Double, end: Double, sinus: inout Sinus, pr: Double, isBlocking: Bool, isBigeminal: Bool,
    prematureVentricular: Double?, prematureAtrial: Double?, _ random: inout Randomness
  ) {
    var time = Self.start + random.uniform(0...sinus.cycle)
    // Premature beats: chosen among the sinus beats so that at least one lies well inside the record.
    let count = end / sinus.cycle
    let chance = min(0.4, max(1, along(1, 4, prematureVentricular ?? prematureAtrial ?? 0)) / count)
    let certain = end * random.uniform(0.2...0.75)
    var hasShown = false
    let isTwoToOne = isBlocking && random.chance(0.35)
    let cyclesToDrop = 3 + random.index(3)
    if isBlocking { sinus.cycle = isTwoToOne ? random.uniform(560...760) : random.uniform(680...880) }
    var (conducted, index) = (random.index(3), 0)
    let coupling = random.uniform(0.56...0.68)
    while time < stop {
      let interval = sinus.interval(at: time, &random)
      var delay = pr
      var isDropped = false
      if isBlocking {
        if isTwoToOne {
          isDropped = index % 2 == 1
        } else {
          isDropped = conducted == cyclesToDrop
          // Wenckebach: each PR longer, by less each time, so that RR shortens before the pause.
          delay = pr + [0, 70, 110, 135, 150, 160][min(conducted, 5)]
          conducted = isDropped ? 0 : conducted + 1
        }
      }
      index += 1
      atrial.append(AtrialBeat(onset: time))
      if !isDropped {
        ventricular.append(
          VentricularBeat(onset: time + delay + random.normal(0, 1.5), atrial: atrial.count - 1))
      }
      let qrs = time + delay
      let mustShow = !hasShown && qrs > certain
      let isPremature = isBigeminal ? true : (mustShow || random.chance(chance))
      if prematureVentricular != nil || isBigeminal, isPremature, !isDropped {
        // The sinus goes on undisturbed: its next P falls into the ectopic beat, and the one after conducts.
        hasShown = hasShown || qrs > 0
        let onset = qrs + interval * (coupling + random.normal(0, 0.01))
        ventricular.append(VentricularBeat(onset: onset, origin: .ventricular))
        atrial.append(AtrialBeat(onset: time + interval))
        time += interval + sinus.interval(at: time + interval, &random)
      } else if prematureAtrial != nil, isPremature {
        // The ectopic P resets the sinus: the pause is hardly longer than a cycle.
        hasShown = hasShown || qrs > 0
        let early = time + interval * (coupling + 0.06 + random.normal(0, 0.02))
        atrial.append(AtrialBeat(onset: early, isEctopic: true))
        ventricular.append(VentricularBeat(onset: early + pr * 1.05, atrial: atrial.count - 1))
        time = early + interval * 1.08
      } else {
        time += interval
      }
    }
  }

  /// The node lets impulses through at random: RR varies by a fifth or more, without memory.
  private mutating func fibrillate(stop: Double, cycle: Double, _ random: inout Randomness) {
    let spread = random.uniform(0.17...0.27)
    var time = Self.start
    while time < stop {
      ventricular.append(VentricularBeat(onset: time))
      time += max(300, cycle * exp(spread * random.normal(0, 1) - spread * spread / 2))
    }
  }

  private mutating func flutter(stop: Double, _ random: inout Randomness) {
    let cycle = random.uniform(186...232)
    atria = .fluttering(cycle: cycle)
    let isVariable = random.chance(0.45)
    let ratio = [2, 2, 3, 4, 4][random.index(5)]
    let phase = random.uniform(0...cycle)
    var wave = 0
    while true {
      let onset = Self.start + phase + Double(wave) * cycle
      guard onset < stop else { return }
      ventricular.append(VentricularBeat(onset: onset + random.normal(0, 3)))
      wave += isVariable ? [2, 2, 3, 4, 4][random.index(5)] : ratio
    }
  }

  /// Atria and ventricles each on their own.
  private mutating func block(stop: Double, sinus: inout Sinus, escape: Double, _ random: inout Randomness) {
    sinus.cycle = random.uniform(620...860)
    var time = Self.start + random.uniform(0...sinus.cycle)
    while time < stop {
      atrial.append(AtrialBeat(onset: time))
      time += sinus.interval(at: time, &random)
    }
    let origin: SyntheticECG.Beat.Origin = random.chance(0.6) ? .escape : .conducted
    time = Self.start + random.uniform(0...escape)
    while time < stop {
      ventricular.append(VentricularBeat(onset: time, origin: origin))
      time += escape * (1 + random.normal(0, 0.008))
    }
  }

  private mutating func pace(stop: Double, cycle: Double, hasAtrium: Bool, _ random: inout Randomness) {
    if !hasAtrium { atria = random.chance(0.5) ? .fibrillating : .silent }
    var time = Self.start + random.uniform(0...cycle)
    while time < stop {
      if hasAtrium { atrial.append(AtrialBeat(onset: time - 160)) }
      ventricular.append(VentricularBeat(onset: time, origin: .paced, atrial: hasAtrium ? atrial.count - 1 : nil))
      time += cycle
    }
  }

  /// Puts a ventricular premature beat into the longest gap inside the record: for rhythms without a sinus.
  private mutating func interrupt(end: Double, _ random: inout Randomness) {
    let inside = ventricular.indices.dropLast().filter {
      ventricular[$0].onset > 800 && ventricular[$0 + 1].onset < end - 800
    }
    func gap(_ i: Int) -> Double { ventricular[i + 1].onset - ventricular[i].onset }
    guard let i = inside.max(by: { gap($0) < gap($1) }) else { return }
    let early = ventricular[i].onset + max(360, 0.5 * gap(i))
    ventricular.insert(VentricularBeat(onset: early, origin: .ventricular), at: i + 1)
    // What would follow too soon is not conducted.
    ventricular.removeAll { $0.origin != .ventricular && $0.onset > early && $0.onset < early + 560 }
  }
}
