import PTBXL
import WFDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A made ECG of twelve leads: ten seconds at 500 Hz, in millivolts, with what is true of it.
///
///     let ecg = SyntheticECG(.clbbb, seed: 1)
///     ecg.leads[6].name  // "V1"
public struct SyntheticECG: Sendable {
  /// One beat as the model made it, in milliseconds from the record's start: the truth that a measurement can be held
  /// to.
  public struct Beat: Sendable, Equatable {
    /// Where the ventricles were excited from, and so which QRS they show.
    public enum Origin: String, Sendable { case conducted, ventricular, escape, paced }
    public let origin: Origin
    public let pOnset, pEnd: Double?  // nil where no P belongs to the beat
    public let qrsOnset, qrsEnd, tEnd: Double
  }

  /// What the trace shows, and how plainly: 0 just fulfils the criterion, 1 is a textbook's example.
  public let diagnoses: [Diagnosis]
  public let samplingRate = 500.0
  /// In PTB-XL's order: I, II, III, AVR, AVL, AVF, V1 … V6.
  public let leads: [Lead]
  public let beats: [Beat]  // those whose QRS lies inside the record

  /// - Parameters:
  ///   - seconds: 10, as PTB-XL's records.
  ///   - seed: chooses patient, rhythm and noise; the same seed gives the same samples.
  public init(
    _ diagnoses: Diagnosis..., severity: Double = 0.6, sex: ECGRecord.Sex = .male, age: Double = 55,
    disturbance: Disturbance = .none, seconds: Double = 10, seed: UInt64
  ) {
    self.init(
      diagnoses, severity: severity, sex: sex, age: age, disturbance: disturbance, seconds: seconds, seed: seed)
  }

  /// The same for a list of diagnoses.
  public init(
    _ diagnoses: [Diagnosis], severity: Double = 0.6, sex: ECGRecord.Sex = .male, age: Double = 55,
    disturbance: Disturbance = .none, seconds: Double = 10, seed: UInt64
  ) {
    self.init(
      diagnoses.map { ($0, severity: severity) }, sex: sex, age: age, disturbance: disturbance, seconds: seconds,
      patientSeed: seed, recordSeed: seed)
  }

  /// - Parameters:
  ///   - patientSeed: chooses heart and torso, which stay the same in all records of a patient.
  ///   - recordSeed: chooses rhythm and disturbances.
  init(
    _ shown: [(Diagnosis, severity: Double)], sex: ECGRecord.Sex, age: Double, disturbance: Disturbance,
    seconds: Double = 10,
    patientSeed: UInt64, recordSeed: UInt64
  ) {
    var patient = Randomness(seed: patientSeed, stream: 1)
    var record = Randomness(seed: recordSeed, stream: 2)
    var noise = Randomness(seed: recordSeed, stream: 3)
    let shown = shown.sorted { Self.order($0.0) < Self.order($1.0) }
    let count = Int((seconds * 500).rounded())
    let end = seconds * 1000

    var heart = Heart(sex: sex, age: age, &patient)
    let torso = Torso(&patient)
    let reference = heart
    heart.show(shown, sex: sex, &patient)

    let breathing = Respiration(&record)
    let young = 1.5 - min(max((age - 20) / 60, 0), 1)
    let cycle = Self.cycle(shown, &record)
    heart.pr = min(heart.pr, 0.47 * cycle)  // a fast rate shortens PR, and P stays clear of T's peak
    let rhythm = Rhythm(
      shown, end: end, cycle: cycle, pr: heart.pr, variability: young, breathing: breathing, &record)

    var model = BeatModel(heart: heart, reference: reference, breathing: breathing, &record)
    var loop = Loop(count: count)
    beats = model.draw(rhythm, end: end, into: &loop, &record)
    var eight = torso.project(loop)
    disturbance.disturb(&eight, breathing: breathing, &noise)
    diagnoses = shown.map(\.0)
    leads = Self.leads(eight)
  }

  /// The leads as a data set stores them: rounded to the microvolt, III of the rounded I and II.
  func stored(at rate: Rate) -> [Lead] {
    let independent = [0, 1, 6, 7, 8, 9, 10, 11].map { leads[$0].samples }
    let sampled = rate == .hz500 ? independent : independent.map(Decimation.decimate)
    return Self.leads(sampled.map { $0.map { ($0 * 1000).rounded() / 1000 } })
  }

  private static func leads(_ eight: [[Double]]) -> [Lead] {
    zip(ECGRecord.leadNames, Torso.twelve(from: eight)).map { Lead(name: $0, units: "mV", samples: $1) }
  }

  /// The declared order, so that the order of the arguments changes nothing.
  private static func order(_ diagnosis: Diagnosis) -> Int { Diagnosis.allCases.firstIndex(of: diagnosis) ?? 0 }

  /// The mean RR interval in milliseconds.
  private static func cycle(_ shown: [(Diagnosis, severity: Double)], _ random: inout Randomness) -> Double {
    var rate = random.normal(74, 8)  // beats a minute
    for (diagnosis, s) in shown {
      switch diagnosis {
      case .stach: rate = along(104, 142, s)
      case .sbrad: rate = along(56, 41, s)
      case .sarrh: rate = random.normal(68, 5)
      case .afib: rate = random.normal(92, 16)
      case .bigu, .pvc: rate = min(rate, 82)
      default: break
      }
    }
    return 60_000 / min(max(rate, 38), 190)
  }
}

/// Turns the rhythm's events into waves of the heart vector.
private struct BeatModel {
  let heart: Heart
  let ectopicVentricle: Heart, escapeVentricle: Heart
  let ectopicAtrium: [Lobe]
  let breathing: Respiration
  let spike: HeartVector

  init(heart: Heart, reference: Heart, breathing: Respiration, _ random: inout Randomness) {
    (self.heart, self.breathing) = (heart, breathing)
    // A focus in either ventricle; the force runs away from it.
    let directions = [
      HeartVector(0.75, 0.75, 0.55), HeartVector(0.85, -0.45, 0.75), HeartVector(-0.75, 0.55, -0.75),
      HeartVector(-0.60, -0.70, -0.70),
    ]
    func ventricle(_ activation: Activation) -> Heart {
      var other = reference
      var usual = reference.activation
      usual.scale(reference.size)
      other.activation = activation
      (other.t, other.st) = reference.secondaryRecovery(after: activation, instead: usual)
      other.qtc += 25
      return other
    }
    let direction = directions[random.index(directions.count)]
    ectopicVentricle = ventricle(
      .ectopic(
        duration: random.uniform(132...162), direction: direction, size: reference.size * random.uniform(1.0...1.35)))
    escapeVentricle = ventricle(
      .rightBundleBranchBlock(
        duration: random.uniform(128...150), left: .normal(duration: 96), size: reference.size))
    ectopicAtrium = heart.atrium.map {
      Lobe(
        $0.peak * 0.85, $0.before * 0.85, $0.after * 0.85,
        HeartVector($0.vector.x * 0.5, $0.vector.y * 0.35, $0.vector.z - 0.06))
    }
    spike = HeartVector(0.25, -0.9, -0.3) * random.uniform(0.5...1.4)
  }

  mutating func draw(
    _ rhythm: Rhythm, end: Double, into loop: inout Loop, _ random: inout Randomness
  ) -> [SyntheticECG.Beat] {
    for beat in rhythm.atrial {
      for lobe in beat.isEctopic ? ectopicAtrium : heart.atrium { loop.add(lobe, at: beat.onset) }
    }
    switch rhythm.atria {
    case .beating, .silent: break
    case .fibrillating: fibrillate(&loop, &random)
    case .fluttering(let cycle): flutter(&loop, cycle: cycle, first: rhythm.ventricular.first?.onset ?? 0, &random)
    }

    var beats: [SyntheticECG.Beat] = []
    let sorted = rhythm.ventricular.sorted { $0.onset < $1.onset }
    var remembered = sorted.count > 1 ? sorted[1].onset - sorted[0].onset : 850  // RR as QT knows it
    for (i, beat) in sorted.enumerated() {
      let rr = i > 0 ? beat.onset - sorted[i - 1].onset : remembered
      remembered += 0.35 * (min(rr, 2000) - remembered)  // QT follows RR with a lag of some beats
      let following = i + 1 < sorted.count ? sorted[i + 1].onset - beat.onset : rr
      let ventricle =
        switch beat.origin {
        case .conducted, .paced: heart
        case .ventricular: ectopicVentricle
        case .escape: escapeVentricle
        }
      let scale = 1 + random.normal(0, 0.012)
      if beat.origin == .paced { loop.add(Lobe(-4, 3, 3, spike), at: beat.onset) }
      let tEnd = recover(ventricle, at: beat.onset, rr: remembered, following: following, scale: scale, into: &loop)
      for lobe in ventricle.activation.lobes { loop.add(lobe, at: beat.onset, scale: scale) }
      guard beat.onset >= 0, beat.onset < end else { continue }
      let p = beat.atrial.map { rhythm.atrial[$0].onset }
      beats.append(
        SyntheticECG.Beat(
          origin: beat.origin, pOnset: p,
          pEnd: p.map { $0 + heart.pDuration }, qrsOnset: beat.onset,
          qrsEnd: beat.onset + ventricle.activation.duration,
          tEnd: beat.onset + tEnd))
    }
    // Breathing turns and lifts the heart.
    let breathing = breathing
    loop.update { index, vector in
      let wave = breathing.wave(Double(index) * 2)
      let turned = vector + HeartVector(-vector.y, vector.x, 0) * (0.035 * wave)  // two degrees, as a small angle
      return turned * (1 + 0.03 * wave)
    }
    return beats
  }

  /// Adds ST, T and U; returns T's end, in milliseconds after the QRS onset.
  private func recover(
    _ heart: Heart, at onset: Double, rr: Double, following: Double, scale: Double, into loop: inout Loop
  ) -> Double {
    let duration = heart.activation.duration
    // Fridericia: QT grows with the cube root of RR; a wide QRS adds its excess.
    let qt = min(heart.qtc * cbrt(rr / 1000) + 0.7 * max(0, duration - 100), max(0.88 * following, duration + 160))
    let stretch = min(1.15, max(0.5, (qt - duration) / 300)) * heart.broadT
    let after = 92 * stretch
    let before = min(168 * stretch, qt - after - duration + 24)
    loop.add(Lobe(qt - after, before, after, heart.t), at: onset, scale: scale)
    if heart.st.length > 1e-6 {
      let peak = duration + 0.25 * (qt - after - duration)
      loop.add(Lobe(peak, peak - 0.72 * duration, max(qt - 0.7 * after - peak, 40), heart.st), at: onset, scale: scale)
    }
    if rr > 750 { loop.add(Lobe(qt + 70, 70, 100, heart.u * min(1, (rr - 750) / 250)), at: onset) }
    return qt
  }

  /// Fibrillatory waves: a tone of 5.5 to 8.5 Hz that wavers in rate and size, largest in V1.
  private func fibrillate(_ loop: inout Loop, _ random: inout Randomness) {
    let frequency = random.uniform(5.8...8.2)
    let size = random.uniform(0.035...0.095)
    let (slow, fast) = (random.uniform(0.3...0.6), random.uniform(0.9...1.6))
    let phases = (0..<6).map { _ in random.angle() }
    loop.update { index, vector in
      let t = Double(index) / 500
      let phase =
        2 * .pi * frequency * t + 2.2 * sin(2 * .pi * slow * t + phases[0]) + 1.1 * sin(2 * .pi * fast * t + phases[1])
      let swell = 0.75 + 0.3 * sin(2 * .pi * 0.41 * t + phases[2]) + 0.2 * sin(2 * .pi * 0.93 * t + phases[3])
      let wave = sin(phase) + 0.35 * sin(2 * phase + phases[4]) + 0.25 * sin(0.61 * phase + phases[5])
      let other = sin(phase + 1.1)
      return vector + HeartVector(0.15 * other, 0.45 * wave + 0.2 * other, -0.9 * wave) * (size * swell)
    }
  }

  /// Flutter waves: a sawtooth that falls slowly and rises fast in II, III and aVF, with small upright waves in V1.
  private func flutter(_ loop: inout Loop, cycle: Double, first: Double, _ random: inout Randomness) {
    let size = random.uniform(0.09...0.17)
    let offset = random.angle()
    loop.update { index, vector in
      let phase = 2 * .pi * (Double(index) * 2 - first) / cycle + offset
      let saw = sin(phase) + 0.45 * sin(2 * phase) + 0.2 * sin(3 * phase)
      let hump = cos(phase - 0.6)
      return vector + HeartVector(-0.08 * saw, saw, -0.45 * hump) * size
    }
  }
}
