/// Why a drawing could not be made.
public enum DrawingError: Error, Equatable, CustomStringConvertible {
  /// A font file is in none of the folders where it could be.
  case missingFont(file: String, package: String, searched: [String])
  /// Links of a document lead to a destination that no page has.
  case unknownDestination(String)
  /// Two places of a document bear the same name.
  case repeatedDestination(String)
  /// A size that is not a number, not positive, or too large to draw.
  case size(width: Double, height: Double)
  /// Cairo failed, in its own words.
  case cairo(String)

  public var description: String {
    switch self {
    case .missingFont(let file, let package, let searched):
      "font file \(file) not found; install \(package), or name a folder that has it in ECGBOOK_FONTS"
        + " (searched: \(searched.joined(separator: ", ")))"
    case .unknownDestination(let name): "a link leads to '\(name)', but no page has a destination of that name"
    case .repeatedDestination(let name): "two places of the document are named '\(name)'; a destination needs one"
    case .size(let width, let height): "cannot draw a scene of \(width) × \(height) points; expected 0.1 to 14,400"
    case .cairo(let reason): "cannot draw: \(reason)"
    }
  }
}
