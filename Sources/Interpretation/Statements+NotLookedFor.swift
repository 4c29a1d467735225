extension Statements.Word {
  /// Diagnoses that a reader of an ECG must think of, and that PTB-XL has no statement for: no network trained on it can find
  /// them.
  public static let notLookedFor: [Statements.Word] = [
    .notLookedForInfarction, .notLookedForVentricularTachycardia, .notLookedForVentricularFibrillation,
    .notLookedForJunctional, .notLookedForSinoatrial, .notLookedForPericarditis, .notLookedForEmbolism,
    .notLookedForBrugada, .notLookedForRepolarization, .notLookedForShortQT,
  ]
}
