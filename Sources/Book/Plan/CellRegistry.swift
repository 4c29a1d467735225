/// The kinds of cells that reports may use.
public struct CellRegistry: Sendable {
  private let types: [String: any Cell.Type]

  public init(_ kinds: [any Cell.Type]) {
    var types: [String: any Cell.Type] = [:]
    for kind in kinds {
      precondition(types[kind.kind] == nil, "two cell kinds are called '\(kind.kind)'")
      types[kind.kind] = kind
    }
    self.types = types
  }

  public subscript(kind: String) -> (any Cell.Type)? { types[kind] }
  /// All kinds, sorted.
  public var kinds: [String] { types.keys.sorted() }
}
