/// How a network does on the validation records, and what was chosen there.
public struct Validation: Sendable, Equatable {
  /// The way to make one answer of a record's windows that had the higher macro AUROC; the mean where both are equal.
  public var aggregate: Windows.Aggregate
  /// The macro AUROC of either way; nil where no class has both positives and negatives.
  public var mean, maximum: Double?
  /// `[record][class]`, by the chosen way.
  public var probabilities: [[Double]]

  /// - Parameter windows: `[record][window][output]`; the classes are the first outputs.
  init(_ windows: [[[Double]]], of examples: Examples) {
    func answers(_ aggregate: Windows.Aggregate) -> [[Double]] {
      windows.map { Array(aggregate($0).prefix(examples.classes.count)) }
    }
    let (means, maxima) = (answers(.mean), answers(.maximum))
    (mean, maximum) = (macroAUROC(means, examples), macroAUROC(maxima, examples))
    aggregate = (maximum ?? -1) > (mean ?? -1) ? .maximum : .mean
    probabilities = aggregate == .maximum ? maxima : means
  }

  /// The macro AUROC of the chosen way.
  public var auroc: Double? { aggregate == .maximum ? maximum : mean }
}
