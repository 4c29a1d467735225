/// How scores become calibrated probabilities: fitted on validation predictions, applied to others. A value to store
/// with a network.
public struct Calibration: Sendable, Equatable, Codable {
  /// What is fitted.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// One temperature for all classes.
    case sharedTemperature
    /// A temperature for each class.
    case temperature
    /// A line for each class, which mends a shift too.
    case platt
    /// A rising function for each class; it needs some hundred positives, and makes ties.
    case isotonic
  }

  /// What the scores are.
  public enum Scale: String, Sendable, Codable, CaseIterable {
    case probabilities
    case logits
  }

  /// The function of one class.
  public enum Map: Sendable, Equatable, Codable {
    case temperature(Temperature)
    case line(CalibrationLine)
    case isotonic(IsotonicRegression)
    /// Nothing could be fitted, for the reason given: the class keeps its probabilities.
    case unchanged(reason: String)
  }

  public let method: Method
  public let scale: Scale
  public let names: [String]
  public let maps: [Map]  // [classes]

  /// - Parameters:
  ///   - validation: predictions that take no part in the evaluation.
  ///   - method: see ``Method``.
  ///   - scale: of the scores, here and where the calibration is applied. Temperatures and lines are of logits; those of
  ///     probabilities are taken after the clipping of ``logLoss(_:_:)``.
  /// - Throws: ``ScoringError/notProbabilities(lowest:highest:)`` where the scale says probabilities;
  ///   ``ScoringError/noRecords``; ``ScoringError/noFit(_:)`` where a shared temperature cannot be fitted. A class that
  ///   can't be fitted for itself stays ``Map/unchanged(reason:)``.
  public init(
    fitting validation: Predictions, _ method: Method, scale: Scale = .probabilities
  ) throws(ScoringError) {
    if scale == .probabilities { try validation.requireProbabilities() }
    guard validation.recordCount > 0 else { throw .noRecords }
    func logits(_ scores: [Double]) -> [Double] { scale == .logits ? scores : scores.map(logit) }
    func each(_ fit: ([Double], [Bool]) throws(ScoringError) -> Map) -> [Map] {
      zip(validation.scores, validation.labels).map { scores, labels in
        do throws(ScoringError) { return try fit(scores, labels) } catch { return .unchanged(reason: error.description) }
      }
    }
    switch method {
    case .sharedTemperature:
      let all = try Temperature(
        fitting: validation.scores.flatMap(logits), validation.labels.flatMap { $0 })
      maps = validation.names.map { _ in .temperature(all) }
    case .temperature:
      maps = each { scores, labels throws(ScoringError) in .temperature(try Temperature(fitting: logits(scores), labels)) }
    case .platt:
      maps = each { scores, labels throws(ScoringError) in .line(try CalibrationLine(fitting: logits(scores), labels)) }
    case .isotonic:
      maps = each { scores, labels throws(ScoringError) in
        let positives = labels.count { $0 }
        guard positives > 0, positives < labels.count else {
          throw .oneClass(positives: positives, negatives: labels.count - positives)
        }
        return .isotonic(try IsotonicRegression(fitting: scores, labels))
      }
    }
    (self.method, self.scale, names) = (method, scale, validation.names)
  }

  /// The predictions with calibrated probabilities as scores.
  /// - Throws: ``ScoringError/shape(_:)`` when the classes are others than those fitted;
  ///   ``ScoringError/notProbabilities(lowest:highest:)`` where the scale says probabilities.
  public func callAsFunction(_ predictions: Predictions) throws(ScoringError) -> Predictions {
    guard predictions.names == names else {
      throw .shape(
        "classes \(predictions.names.joined(separator: ", ")); the calibration was fitted on "
          + names.joined(separator: ", "))
    }
    if scale == .probabilities { try predictions.requireProbabilities() }
    let scores = predictions.scores.indices.map { j in predictions.scores[j].map { probability(of: $0, class: j) } }
    return try Predictions(names: names, labels: predictions.labels, scores: scores)
  }

  /// The calibrated probability of one score, on the scale that was fitted.
  /// - Parameter class: an index of ``names``.
  public func probability(of score: Double, class j: Int) -> Double {
    guard maps.indices.contains(j) else { return score }
    return switch maps[j] {
    case .temperature(let temperature): temperature(scale == .logits ? score : logit(score))
    case .line(let line): line(scale == .logits ? score : logit(score))
    case .isotonic(let function): function(score)
    case .unchanged: scale == .logits ? sigmoid(score) : score
    }
  }

  /// Those of one record's scores, `[classes]`.
  public func probabilities(of scores: [Double]) -> [Double] {
    scores.enumerated().map { probability(of: $1, class: $0) }
  }
}
