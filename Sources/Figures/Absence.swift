import Drawing

/// Stands where a figure has nothing to draw, and says why.
public struct Absence: Sendable {
  public var reason: String
  public init(reason: String) { self.reason = reason }
  public func scene(width: Double) -> Scene { Sheet.empty(width: width, reason) }
}
