/// Wilson's score interval of a proportion, such as precision or recall.
///
/// Unlike the textbook interval it never leaves 0...1, and it has a width when all or none succeed. It takes the trials
/// as independent: several records of one patient make it too narrow.
///
/// - Parameters:
///   - successes: 0...trials.
///   - trials: at least 1.
///   - level: above 0, below 1.
/// - Throws: ``ScoringError/zeroDenominator(_:)`` without trials.
/// - Source: Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212; recommended by Brown, Cai & DasGupta, Statistical Science
///   16 (2001), 101-133. Equals statsmodels' `proportion_confint(method="wilson")`.
public func wilsonInterval(
  _ successes: Int, of trials: Int, level: Double = 0.95
) throws(ScoringError) -> Interval {
  guard trials > 0 else { throw .zeroDenominator("trials") }
  precondition((0...trials).contains(successes), "\(successes) successes in \(trials) trials")
  let z = normalQuantile(upperTail: (1 - level) / 2)
  let n = Double(trials)
  let p = Double(successes) / n
  let center = (p + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
  return Interval(
    lower: successes == 0 ? 0 : max(0, center - half), upper: successes == trials ? 1 : min(1, center + half),
    level: level, method: .wilson)
}
