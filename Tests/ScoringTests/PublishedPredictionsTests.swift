import Foundation
import TestSupport
import Testing

@testable import Scoring

/// A published network's scores of 71 classes. Expected: scikit-learn; see Expectations/published_predictions.py.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data")) struct PublishedPredictionsTests {
  private static let evaluation = Result { try evaluate(publishedPredictions()) }

  @Test(arguments: [
    .auroc, .ap, .brier, .logLoss, .f1, .f2, .mcc, .balancedAccuracy, .npv,
  ] as [StatisticName]) func agreeWithScikitLearnInEveryClass(name: StatisticName) throws {
    let expected: [String: [String: Double?]] = try #require(read("published_predictions.json"))
    let rows = try Self.evaluation.get().perClass
    #expect(rows.count == expected.count)
    for row in rows {
      let ofClass = try #require(expected[row.name])
      let figure = try #require(ofClass[name.rawValue])
      let value = row.statistics[name].value
      #expect((value == nil) == (figure == nil), "\(row.name)")
      #expect(abs((value ?? 0) - (figure ?? 0)) < 1e-9, "\(row.name)")
    }
  }

  @Test func haveScikitLearnsReportCharacterForCharacter() throws {
    let predictions = try publishedPredictions()
    let expected = try String(contentsOf: expectations.appending(path: "published_report.txt"), encoding: .utf8)
    #expect(classificationReport(predictions, thresholds: predictions.names.map { _ in 0.5 }) == expected)
  }
}
