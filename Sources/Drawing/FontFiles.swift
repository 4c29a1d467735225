import Foundation

/// One file of the report's fonts. Pages depend on the content of these files, and on no other font of a machine.
public struct FontFile: Sendable, Equatable {
  public var name: String  // "Inter-Regular.otf"
  public var path: String
}

/// Every font file that a report may use, in a fixed order: what a digest of the typography must cover.
/// - Throws: ``DrawingError/missingFont(file:package:searched:)``, naming the package that has it.
public func fontFiles() throws(DrawingError) -> [FontFile] {
  var files: [FontFile] = []
  for face in FontFace.all { files.append(FontFile(name: face.fileName, path: try face.path())) }
  return files
}

/// What chooses a font file: a font without its size.
struct FontFace: Hashable {
  var family: Font.Family
  var weight: Font.Weight
  var italic: Bool

  /// STIX has two weights; the heavier ones share its bold.
  init(_ family: Font.Family, _ weight: Font.Weight, italic: Bool) {
    self.family = family
    guard family != .math else {  // one file
      (self.weight, self.italic) = (.regular, false)
      return
    }
    self.weight = family == .serif ? (weight.rawValue < Font.Weight.semibold.rawValue ? .regular : .bold) : weight
    self.italic = italic
  }
  init(_ font: Font) { self.init(font.family, font.weight, italic: font.italic) }

  static let all: [FontFace] = {
    var faces: [FontFace] = []
    for family in [Font.Family.sans, .serif, .mono, .math] {
      for weight in [Font.Weight.regular, .medium, .semibold, .bold] {
        for italic in [false, true] {
          let face = FontFace(family, weight, italic: italic)
          if !faces.contains(face) { faces.append(face) }
        }
      }
    }
    return faces
  }()

  /// The name is the same on all systems: "Inter-SemiBoldItalic.otf", "STIX-Italic.otf".
  var fileName: String {
    let weightName =
      switch weight {
      case .regular: italic ? "" : "Regular"
      case .medium: "Medium"
      case .semibold: "SemiBold"
      case .bold: "Bold"
      }
    let style = weightName + (italic ? "Italic" : "")
    return switch family {
    case .sans: "Inter-\(style).otf"
    case .serif: "STIX-\(style).otf"
    case .math: "STIXMath-\(style).otf"
    case .mono: "JetBrainsMono-\(style).ttf"
    }
  }

  /// The package of Debian and Ubuntu, and of Homebrew, that brings the file.
  var package: String {
    switch family {
    case .sans: "fonts-inter (Homebrew: font-inter)"
    case .serif, .math: "fonts-stix (Homebrew: font-stix)"
    case .mono: "fonts-jetbrains-mono (Homebrew: font-jetbrains-mono)"
    }
  }

  private var folders: [String] {
    let own = ProcessInfo.processInfo.environment["ECGBOOK_FONTS"].map { $0.isEmpty ? [] : [$0] } ?? []
    let system =
      switch family {
      case .sans:
        ["/usr/share/fonts/opentype/inter", "/usr/share/fonts/inter", "/usr/share/fonts/rsms-inter-fonts"]
      case .serif, .math: ["/usr/share/fonts/opentype/stix-word", "/usr/share/fonts/opentype/stix", "/usr/share/fonts/stix"]
      case .mono:
        ["/usr/share/fonts/truetype/jetbrains-mono", "/usr/share/fonts/jetbrains-mono-fonts"]
      }
    #if os(macOS)
      return own + [NSHomeDirectory() + "/Library/Fonts", "/Library/Fonts"]
    #else
      return own + system
    #endif
  }

  func path() throws(DrawingError) -> String {
    let folders = self.folders
    for folder in folders {
      let path = folder + "/" + fileName
      if FileManager.default.isReadableFile(atPath: path) { return path }
    }
    throw .missingFont(file: fileName, package: package, searched: folders)
  }
}
