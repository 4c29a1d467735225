/// Beats sorted by the shape of their QRS complexes over all leads: one shape is a morphology.
///
/// A beat joins the morphology whose mean complex it is most like: the correlation over all leads, with up to 20 ms of
/// shift, is at least 0.9. Else it founds one, up to a number that bounds the work; beats beyond join what is nearest.
struct Morphologies: Sendable {
  /// Per morphology its mean complex `[lead × sample]` at a low rate, without its mean, and how many beats it is of.
  private(set) var templates: [(shape: [Float], beats: Int)] = []
  private var sizes: [Float] = []  // of the mean complexes: roots of the sums of squares
  private let samplingRate: Double
  private let limit: Int
  private let step: Int  // samples of the recording per sample of a template
  private let reach: Int  // samples of a template to both sides of the R peak
  private let slack: Int  // samples of a template that a beat may be shifted by

  init(samplingRate: Double, limit: Int = 12) {
    (self.samplingRate, self.limit) = (samplingRate, limit)
    step = max(1, Int(samplingRate / 125))
    reach = Int((0.1 * samplingRate / Double(step)).rounded())
    slack = max(1, Int((0.02 * samplingRate / Double(step)).rounded()))
  }

  /// Puts a beat where it belongs.
  /// - Returns: the morphology, how alike beat and morphology are (correlation), and by how many samples the beat's R
  ///   peak must be moved to lie as the morphology's does.
  mutating func sort(_ beat: Int, of leads: [[Float]]) -> (morphology: Int, likeness: Float, shift: Int) {
    var best = (morphology: -1, likeness: -Float.infinity, shift: 0)
    var bestShape: [Float] = []
    for shift in -slack...slack {
      let shape = self.shape(at: beat + shift * step, of: leads)
      let size = norm(shape)
      for (m, template) in templates.enumerated() {
        var product: Float = 0
        for i in shape.indices { product += shape[i] * template.shape[i] }
        // What is alike in form but not in height is not alike: the smaller over the larger counts for a little.
        let other = sizes[m]
        let likeness = size > 0 && other > 0 ? product / (size * other) : 0
        if likeness > best.likeness { (best, bestShape) = ((m, likeness, shift * step), shape) }
      }
    }
    if best.morphology < 0 || (best.likeness < 0.9 && templates.count < limit) {
      templates.append((shape(at: beat, of: leads), 1))
      sizes.append(norm(templates[templates.count - 1].shape))
      return (templates.count - 1, 1, 0)
    }
    let count = min(templates[best.morphology].beats, 30)  // a slow drift of shape is followed
    let share = 1 / Float(count + 1)
    for i in bestShape.indices {
      templates[best.morphology].shape[i] += share * (bestShape[i] - templates[best.morphology].shape[i])
    }
    templates[best.morphology].beats += 1
    sizes[best.morphology] = norm(templates[best.morphology].shape)
    return best
  }

  /// Per morphology the one that it is counted with: of those whose mean complexes have grown alike (correlation of
  /// 0.9, with up to 20 ms of shift), the one with most beats. Where a lead was disturbed for a while, beats of one
  /// shape may have founded several.
  func united() -> [Int] {
    var united = Array(templates.indices)
    let order = templates.indices.sorted { (templates[$1].beats, $0) < (templates[$0].beats, $1) }
    for (place, m) in order.enumerated() {
      united[m] = order[..<place].first { united[$0] == $0 && areAlike(templates[$0].shape, templates[m].shape) } ?? m
    }
    return united
  }

  private func areAlike(_ one: [Float], _ other: [Float]) -> Bool {
    let size = norm(one) * norm(other)
    let width = 2 * reach + 1
    guard size > 0, one.count == other.count else { return false }
    return (-slack...slack).contains { shift in
      var product: Float = 0
      for lead in stride(from: 0, to: one.count, by: width) {
        for k in max(0, -shift)..<min(width, width - shift) { product += one[lead + k] * other[lead + k + shift] }
      }
      return product >= 0.9 * size
    }
  }

  private func shape(at beat: Int, of leads: [[Float]]) -> [Float] {
    let width = 2 * reach + 1
    var shape = [Float](repeating: 0, count: width * leads.count)
    for (l, lead) in leads.enumerated() {
      var mean: Float = 0
      for k in 0..<width {
        let first = beat + (k - reach) * step
        var sum: Float = 0
        for i in first..<first + step { sum += lead[min(lead.count - 1, max(0, i))] }
        shape[l * width + k] = sum / Float(step)
        mean += sum / Float(step)
      }
      mean /= Float(width)
      for k in 0..<width { shape[l * width + k] -= mean }
    }
    return shape
  }

  private func norm(_ shape: [Float]) -> Float {
    var sum: Float = 0
    for value in shape { sum += value * value }
    return sum.squareRoot()
  }
}
