import Foundation

/// Axes in the frontal plane, from the net areas of waves in the limb leads.
///
/// A limb lead sees the heart's vector from its own angle: I from 0°, II from 60°, III from 120°, aVF from 90°, aVR
/// from −150°, aVL from −30°; the augmented leads see √3⁄2 of what the bipolar ones do (Einthoven; Goldberger, Am.
/// Heart J. 23 (1942), 483-492). Two leads therefore tell the vector: I and aVF where both are there, else I and II,
/// else any two.
struct FrontalPlane: Sendable {
  private let first, second: (lead: Int, x: Double, y: Double)

  /// - Returns: nil when fewer than two limb leads are there.
  init?(_ leads: VoltageLeads) {
    let augmented = 3.0.squareRoot() / 2
    let views: [(name: String, angle: Double, gain: Double)] = [
      ("I", 0, 1), ("aVF", 90, augmented), ("II", 60, 1), ("III", 120, 1), ("aVL", -30, augmented),
      ("aVR", -150, augmented),
    ]
    let present = views.compactMap { view in
      leads.lead(view.name).map { lead in
        let angle = view.angle * .pi / 180
        return (lead: lead, x: view.gain * cos(angle), y: view.gain * sin(angle))
      }
    }
    guard present.count >= 2 else { return nil }
    (first, second) = (present[0], present[1])
  }

  /// - Parameters:
  ///   - beat: `[lead][sample]`, mV.
  ///   - wave: the samples of the wave.
  ///   - level: per lead and sample the line against which the wave is measured.
  /// - Returns: degrees, −180 to 180, the left being 0 and downward positive.
  func axis(of wave: ClosedRange<Int>, in beat: [[Float]], name: String, level: (_ lead: Int, _ sample: Int) -> Float)
    -> Measured
  {
    func area(_ lead: Int) -> Double {
      wave.reduce(0) { $0 + Double(beat[lead][$1] - level(lead, $1)) } / Double(wave.count)  // mean, mV
    }
    let (a, b) = (area(first.lead), area(second.lead))
    let determinant = first.x * second.y - second.x * first.y
    let x = (a * second.y - b * first.y) / determinant
    let y = (first.x * b - second.x * a) / determinant
    guard x * x + y * y > 0.005 * 0.005 else {
      return .absent(reason: "the \(name)'s areas in the limb leads are too small to point anywhere")
    }
    return .value(atan2(y, x) * 180 / .pi)
  }
}
