import Foundation

/// A QT interval as it would be at 60 beats a minute, by four formulas.
enum RateCorrection {
  /// - Parameters:
  ///   - qt: ms.
  ///   - rr: ms.
  /// - Source: Bazett, Heart 7 (1920), 353-370: QT / √RR. Fridericia, Acta Med. Scand. 53 (1920), 469-486: QT / ∛RR.
  ///   Framingham: Sagie et al., Am. J. Cardiol. 70 (1992), 797-801: QT + 154 (1 − RR). Hodges, Salerno & Erlien, J.
  ///   Am. Coll. Cardiol. 1 (1983), 694: QT + 1.75 (rate − 60). RR in s, QT in ms, rate in beats a minute.
  static func qtc(qt: Measured, rr: Measured) -> ECGMeasurement.QTc {
    func corrected(_ formula: (_ qt: Double, _ rr: Double) -> Double) -> Measured {
      qt.map { qt in rr.map { .value(formula(qt, $0 / 1000)) } }
    }
    return ECGMeasurement.QTc(
      bazett: corrected { $0 / $1.squareRoot() }, fridericia: corrected { $0 / cbrt($1) },
      framingham: corrected { $0 + 154 * (1 - $1) }, hodges: corrected { $0 + 1.75 * (60 / $1 - 60) })
  }
}
