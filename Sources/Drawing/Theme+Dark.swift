import Foundation

extension Theme {
  /// The colour that stands for `color` on dark paper: what was ink is light, what was paper is dark, hues stay.
  ///
  /// The theme's own colours have chosen twins: text reads at 7:1 or better, marks at 3:1. Any other colour keeps its
  /// hue and chroma, and its lightness (CIELAB) is turned over between paper and ink; so a scale from light to dark
  /// becomes one from dark to light, with what was read on it. Alpha stays.
  public static func onDark(_ color: Color) -> Color {
    var opaque = color
    opaque.alpha = 1
    var twin = darkTwins[opaque] ?? turnedOver(opaque)
    twin.alpha = color.alpha
    return twin
  }

  public static let darkPaper = Color(0x14171B)
  public static let darkInk = Color(0xE7E9EC)

  private static let darkTwins: [Color: Color] = [
    ink: darkInk, ECG.trace.color: darkInk, categories[6]: darkInk, paper: darkPaper,
    secondary: Color(0xB3BAC4), hairline: Color(0x3B424C), link: Color(0x9CC7F0),
    categories[0]: Color(0x3D9BE0), categories[1]: Color(0xF0752A), categories[2]: Color(0x1DB88C),
    categories[3]: Color(0xD98DB8), categories[4]: Color(0x7CC8F2), categories[5]: Color(0xEBAE2E),
    categories[7]: categories[7], ECG.fineLine.color: Color(0x3A2528), ECG.boldLine.color: Color(0x5E3439),
  ]

  private static func turnedOver(_ color: Color) -> Color {
    var lab = CIELAB(color)
    let (darkest, lightest) = (CIELAB(darkPaper).lightness, CIELAB(darkInk).lightness)
    let share = (100 - lab.lightness) / (100 - CIELAB(ink).lightness)
    lab.lightness = darkest + max(0, min(share, 1)) * (lightest - darkest)
    return lab.color
  }
}

/// A colour by lightness (0...100) and two opponent axes, relative to white D65. Source: CIE 15:2004; sRGB's matrix of
/// IEC 61966-2-1.
private struct CIELAB {
  var lightness, a, b: Double

  private static let white = (x: 0.95047, y: 1.0, z: 1.08883)
  private static let epsilon = 216.0 / 24389, kappa = 24389.0 / 27

  init(_ color: Color) {
    func linear(_ x: Double) -> Double { x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4) }
    func f(_ t: Double) -> Double { t > CIELAB.epsilon ? cbrt(t) : (CIELAB.kappa * t + 16) / 116 }
    let (r, g, b) = (linear(color.red), linear(color.green), linear(color.blue))
    let x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / CIELAB.white.x)
    let y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
    let z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / CIELAB.white.z)
    (lightness, a, self.b) = (116 * y - 16, 500 * (x - y), 200 * (y - z))
  }

  /// What lies outside sRGB is cut off.
  var color: Color {
    func cube(_ t: Double) -> Double {
      t * t * t > CIELAB.epsilon ? t * t * t : (116 * t - 16) / CIELAB.kappa
    }
    func encoded(_ x: Double) -> Double {
      let value = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
      return max(0, min(value.isFinite ? value : 0, 1))
    }
    let fy = (lightness + 16) / 116
    let x = cube(fy + a / 500) * CIELAB.white.x
    let y = lightness > CIELAB.kappa * CIELAB.epsilon ? fy * fy * fy : lightness / CIELAB.kappa
    let z = cube(fy - b / 200) * CIELAB.white.z
    var color = Color(0)
    color.red = encoded(3.2404542 * x - 1.5371385 * y - 0.4985314 * z)
    color.green = encoded(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z)
    color.blue = encoded(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)
    return color
  }
}
