import Foundation
import Torch

/// Linear discriminants of labels over features: for each label the direction from the mean of the records without it to the
/// mean of those with it, under a covariance that all labels share. A mean is estimated well from few records, so that rare
/// labels gain most.
///
/// `score = wᵀx`, `w = (C + λI)⁻¹ (mean with − mean without)` of features that have mean 0 and variance 1.
/// Source: Fisher, Annals of Eugenics 7 (1936), 179–188; the shrinkage λ as by Friedman, JASA 84 (1989), 165–175.
public struct Discriminant: Sendable {
  /// How an ensemble uses one.
  public struct Options: Sendable, Codable, Equatable {
    /// Of the discriminant in the logit; the rest is the members' mean probability.
    public var share = 0.5
    /// λ, where the features' variances are 1.
    public var shrinkage = 0.3
    public init() {}
  }

  /// `[label][feature]`; zeros for a label that all or none of the records have.
  var weights: [[Double]]
  /// `[label]`
  var biases: [Double]

  /// The shared covariance and its factor: one for all sets of labels of the same records.
  struct Space {
    let mean, deviation: [Double]  // [feature]
    let factor: Cholesky  // of C + λI

    /// - Parameter features: `[record][feature]`
    init(_ features: [[Float]], shrinkage: Double) throws {
      let (records, count) = (features.count, features.first?.count ?? 0)
      var (mean, deviation) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
      for row in features { for (i, value) in row.enumerated() { mean[i] += Double(value) } }
      for i in mean.indices { mean[i] /= Double(records) }
      for row in features { for (i, value) in row.enumerated() { deviation[i] += (Double(value) - mean[i]) * (Double(value) - mean[i]) } }
      for i in deviation.indices { deviation[i] = max((deviation[i] / Double(records)).squareRoot(), 1e-6) }
      // [feature, record], so that the covariance is one product.
      var columns = [Float](repeating: 0, count: count * records)
      for (record, row) in features.enumerated() {
        for (i, value) in row.enumerated() { columns[i * records + record] = Float((Double(value) - mean[i]) / deviation[i]) }
      }
      let products = try withTorch {
        try withoutGradients {
          let x = Tensor(columns, shape: [count, records])
          return x.linear(x, bias: Tensor(repeating: 0, shape: [count])).values
        }
      }
      (self.mean, self.deviation) = (mean, deviation)
      factor = Cholesky(products.map { Double($0) / Double(records) }, size: count, adding: shrinkage)
    }

    func standardized(_ row: [Float]) -> [Double] {
      row.indices.map { (Double(row[$0]) - mean[$0]) / deviation[$0] }
    }
  }

  /// - Parameters:
  ///   - features: `[record][feature]`, those that the space was made of or some of them.
  ///   - labels: `[record][label]`
  init(_ features: [[Float]], _ labels: [[Bool]], in space: Space) {
    let (records, count) = (features.count, labels.first?.count ?? 0)
    var with = [[Double]](repeating: [Double](repeating: 0, count: space.mean.count), count: count)
    var all = [Double](repeating: 0, count: space.mean.count)
    var positives = [Int](repeating: 0, count: count)
    for (row, own) in zip(features, labels) {
      let x = space.standardized(row)
      for i in x.indices { all[i] += x[i] }
      for (label, isThere) in own.enumerated() where isThere {
        positives[label] += 1
        for i in x.indices { with[label][i] += x[i] }
      }
    }
    (weights, biases) = ([], [])
    for label in 0..<count {
      let (n, rest) = (positives[label], records - positives[label])
      guard n > 0, rest > 0 else {
        weights.append([Double](repeating: 0, count: all.count))
        biases.append(0)
        continue
      }
      let apart = all.indices.map { with[label][$0] / Double(n) - (all[$0] - with[label][$0]) / Double(rest) }
      // Of the features as they are.
      let direction = zip(space.factor.solve(apart), space.deviation).map { $0 / $1 }
      weights.append(direction)
      biases.append(-zip(direction, space.mean).reduce(0) { $0 + $1.0 * $1.1 })
    }
  }

  /// `[label]`
  func scores(_ row: [Float]) -> [Double] {
    zip(weights, biases).map { weights, bias in zip(weights, row).reduce(bias) { $0 + $1.0 * Double($1.1) } }
  }

  /// Moves and stretches each label's scores, so that over some records they have the mean and deviation of other logits:
  /// the two are then of one scale.
  /// - Parameters:
  ///   - features: `[record][feature]`
  ///   - logits: `[record][label]`
  mutating func scale(on features: [[Float]], to logits: [[Double]]) {
    func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
      let mean = values.reduce(0, +) / Double(max(1, values.count))
      return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))).squareRoot())
    }
    let scores = features.map { self.scores($0) }
    for label in weights.indices {
      let (own, other) = (moments(scores.map { $0[label] }), moments(logits.map { $0[label] }))
      let factor = own.deviation > 1e-9 ? other.deviation / own.deviation : 0
      weights[label] = weights[label].map { $0 * factor }
      biases[label] = (biases[label] - own.mean) * factor + other.mean
    }
  }
}

/// The factor L of a symmetric positive definite matrix, `L Lᵀ`.
struct Cholesky {
  private var lower: [Double]  // row after row
  private let size: Int

  /// - Parameters:
  ///   - matrix: `size × size`; its lower triangle is read.
  ///   - adding: what is added to the diagonal; above 0 for a matrix that may be singular.
  init(_ matrix: [Double], size: Int, adding: Double) {
    precondition(matrix.count == size * size, "\(matrix.count) elements for \(size) rows")
    (lower, self.size) = (matrix, size)
    lower.withUnsafeMutableBufferPointer { l in
      for row in 0..<size {
        l[row * size + row] += adding
        for column in 0...row {
          var sum = l[row * size + column]
          for k in 0..<column { sum -= l[row * size + k] * l[column * size + k] }
          l[row * size + column] = row == column ? max(sum, 1e-12).squareRoot() : sum / l[column * size + column]
        }
      }
    }
  }

  /// x of `L Lᵀ x = b`.
  func solve(_ b: [Double]) -> [Double] {
    var x = b
    for row in 0..<size {
      for k in 0..<row { x[row] -= lower[row * size + k] * x[k] }
      x[row] /= lower[row * size + row]
    }
    for row in (0..<size).reversed() {
      x[row] /= lower[row * size + row]
      for k in 0..<row { x[k] -= lower[row * size + k] * x[row] }
    }
    return x
  }
}
