/// One row of `scp_statements.csv`: what a code means, and to which label sets it belongs.
public struct Statement: Sendable, Equatable {
  public var code: String  // "IMI"
  public var description: String
  public var isDiagnostic: Bool
  public var isForm: Bool
  public var isRhythm: Bool
  /// The superclass of a diagnostic statement: CD, HYP, MI, NORM or STTC.
  public var superclass: String?
  /// The subclass of a diagnostic statement.
  public var subclass: String?

  public init(
    code: String, description: String, isDiagnostic: Bool = false, isForm: Bool = false, isRhythm: Bool = false,
    superclass: String? = nil, subclass: String? = nil
  ) {
    (self.code, self.description) = (code, description)
    (self.isDiagnostic, self.isForm, self.isRhythm) = (isDiagnostic, isForm, isRhythm)
    (self.superclass, self.subclass) = (superclass, subclass)
  }
}
