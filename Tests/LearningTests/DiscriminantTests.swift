import Files
import Foundation
import Networks
import TestSupport
import Testing
import Torch

@testable import Learning
@testable import PTBXL

@Suite struct CholeskyTests {
  @Test(arguments: 1..<9) func solvesWhatItWasMadeOf(size: Int) {
    var random = SeededGenerator(seed: UInt64(size))
    let factor = (0..<(size * size)).map { _ in Double.random(in: -1...1, using: &random) }
    // A Aᵀ is symmetric and not negative.
    let matrix = (0..<(size * size)).map { place in
      (0..<size).reduce(0.0) { $0 + factor[place / size * size + $1] * factor[place % size * size + $1] }
    }
    let x = (0..<size).map { Double($0) - 1.5 }
    let b = (0..<size).map { row in 0.5 * x[row] + (0..<size).reduce(0.0) { $0 + matrix[row * size + $1] * x[$1] } }
    let solved = Cholesky(matrix, size: size, adding: 0.5).solve(b)
    #expect(zip(solved, x).allSatisfy { abs($0 - $1) < 1e-9 })
  }
}

@Suite struct DiscriminantTests {
  /// Two features that rise and fall together; only their difference tells the label.
  private func sample(_ count: Int, seed: UInt64) -> (features: [[Float]], labels: [[Bool]]) {
    var random = SeededGenerator(seed: seed)
    func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0...1, using: &random) } }
    var (features, labels): ([[Float]], [[Bool]]) = ([], [])
    for record in 0..<count {
      let isThere = record % 10 == 0
      let common = 5 * normal()
      features.append([Float(common + normal() + (isThere ? 2 : 0)), Float(common + normal() + 3)])
      labels.append([isThere, false])
    }
    return (features, labels)
  }

  @Test func pointsWhereTheLabelIsAndNotWhereTheFeaturesVary() throws {
    let (features, labels) = sample(2000, seed: 1)
    let space = try Discriminant.Space(features, shrinkage: 1e-3)
    let discriminant = Discriminant(features, labels, in: space)
    let weights = discriminant.weights[0]
    #expect(weights[0] > 0 && weights[1] < 0)
    #expect(abs(weights[0] + weights[1]) < 0.2 * weights[0])
    let scores = features.map { discriminant.scores($0)[0] }
    let means = [true, false].map { isThere in
      let own = zip(scores, labels).filter { $0.1[0] == isThere }.map(\.0)
      return own.reduce(0, +) / Double(own.count)
    }
    #expect(means[0] > means[1])
    // Of a label that no record has, nothing is said.
    #expect(discriminant.weights[1] == [0, 0] && discriminant.biases[1] == 0)
  }

  /// By the formula, with the inverse of a matrix of two rows.
  @Test func solvesFishersEquation() throws {
    let (features, labels) = sample(200, seed: 2)
    let space = try Discriminant.Space(features, shrinkage: 0.3)
    let discriminant = Discriminant(features, labels, in: space)
    let x = features.map { space.standardized($0) }
    for i in 0..<2 {
      #expect(abs(x.reduce(0) { $0 + $1[i] } / 200) < 1e-9)
      #expect(abs(x.reduce(0) { $0 + $1[i] * $1[i] } / 200 - 1) < 1e-9)
    }
    let covariance = x.reduce(0) { $0 + $1[0] * $1[1] } / 200
    let apart = (0..<2).map { i in
      let (with, without) = (x.indices.filter { labels[$0][0] }, x.indices.filter { !labels[$0][0] })
      return with.reduce(0) { $0 + x[$1][i] } / Double(with.count) - without.reduce(0) { $0 + x[$1][i] } / Double(without.count)
    }
    let determinant = 1.3 * 1.3 - covariance * covariance
    let solution = [
      (1.3 * apart[0] - covariance * apart[1]) / determinant, (1.3 * apart[1] - covariance * apart[0]) / determinant,
    ]
    for (row, own) in zip(features, x).prefix(20) {
      #expect(abs(discriminant.scores(row)[0] - (solution[0] * own[0] + solution[1] * own[1])) < 1e-5)
    }
  }

  @Test func takesTheScaleOfOtherLogits() throws {
    let (features, labels) = sample(300, seed: 3)
    var discriminant = try Discriminant(features, labels, in: .init(features, shrinkage: 0.3))
    let before = features.map { discriminant.scores($0)[0] }
    let logits = features.indices.map { [-4 + 2 * sin(Double($0)), 7] }
    discriminant.scale(on: features, to: logits)
    let after = features.map { discriminant.scores($0)[0] }
    let order = { (values: [Double]) in values.indices.sorted { values[$0] < values[$1] } }
    #expect(order(before) == order(after))
    let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
    let expected = logits.map { $0[0] }
    #expect(abs(mean(after) - mean(expected)) < 1e-9)
    #expect(abs(mean(after.map { $0 * $0 }) - mean(expected.map { $0 * $0 })) < 1e-9)
    #expect(discriminant.scores(features[0])[1] == 7)  // nothing is known of the second label but the other's mean
  }
}

@Suite(.serialized) struct EnsembleTests {
  private func member(_ seed: Int, _ training: Examples, _ validation: Examples) throws -> Model {
    var options = TrainingOptions()
    (options.architecture, options.epochs, options.batch, options.seed, options.windowSeconds) = (.ecgConvNet, 1, 16, seed, 2.5)
    let trained = try Trainer(options, training: training, validation: validation, rate: 100).run()
    let description = ModelDescription(
      name: "member \(seed)", labelSet: .superclass, rate: 100, folds: .standard, options: options, trained: trained,
      training: training, validation: validation, data: .init(name: "toy", isSynthetic: true, digest: .init(of: "toy")),
      tool: "test")
    let network = try withTorch {
      let network = description.network(from: Initializer(seed: 0))
      try network.load(trained.arrays, from: "training")
      return network
    }
    return Model(description, network: network, device: .cpu)
  }

  private func ensemble(_ members: [Model], _ training: Examples, _ validation: Examples, _ options: Discriminant.Options?) throws -> Model {
    let features = try EnsembleFeatures(of: members, training: training, validation: validation, discriminant: options)
    return try Model.ensemble(
      members, name: "together", features: features, training: (Array(training.rows.indices), training),
      validation: (Array(validation.rows.indices), validation), tool: "test"
    ).0
  }

  @Test func answersWithTheMeanOfItsMembers() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    let members = try [1, 2].map { try member($0, training, validation) }
    let together = try ensemble(members, training, validation, nil)
    let answers = try (members + [together]).map { try Predictor($0).windowProbabilities(of: validation) }
    for (record, own) in answers[2].enumerated() {
      for (window, labels) in own.enumerated() {
        for (label, p) in labels.enumerated() {
          #expect(abs(p - (answers[0][record][window][label] + answers[1][record][window][label]) / 2) < 1e-5)
        }
      }
    }
  }

  /// An ensemble with a discriminant answers from its folder as it did before, and one of ensembles has all their members.
  @Test func keepsItsDiscriminant() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    let members = try [1, 2, 3].map { try member($0, training, validation) }
    let pair = try ensemble(Array(members.prefix(2)), training, validation, .init())
    let together = try ensemble([pair, members[2]], training, validation, .init())
    #expect(together.description.networks.count == 3 && together.description.members?.count == 3)
    #expect(together.description.discriminant == .init())
    let mean = try ensemble(members, training, validation, nil)
    try withTemporaryFolder { folder in
      try ModelFolder(folder + "/together").write(together)
      let again = try Model(folder: folder + "/together")
      let answers = try [together, again, mean].map { try Predictor($0).windowProbabilities(of: validation) }
      #expect(answers[0] == answers[1])
      #expect(answers[0] != answers[2])
    }
  }
}
