import Drawing

/// The look of a report, in one place for HTML and PDF: type, colours and measures.
enum Tokens {
  /// One of the two sets of colours; text reads at 7:1 or better on its paper, marks and links too.
  struct Colors {
    var ink, secondary, hairline, paper, shade, link: UInt32
  }
  static let light = Colors(
    ink: 0x1A1A1A, secondary: 0x4F5762, hairline: 0xD5DAE0, paper: 0xFFFFFF, shade: 0xF5F6F8, link: 0x0B4A7F)
  static let dark = Colors(
    ink: 0xE7E9EC, secondary: 0xB3BAC4, hairline: 0x3B424C, paper: 0x14171B, shade: 0x1E2228, link: 0x9CC7F0)

  /// Sizes of type in points, for the printed page.
  enum Size {
    static let tiny = 7.0, small = 8.0, caption = 9.0, text = 10.5, subhead = 10.5, head = 13.0, section = 17.0
    static let title = 24.0
  }
  /// Families in order of preference: the report's own, then what systems bring.
  static let serif = #""STIX Two Text","STIX","Iowan Old Style","Palatino Linotype",Palatino,"Noto Serif",Georgia,serif"#
  static let sans = #""Inter","Helvetica Neue","Segoe UI",Roboto,"Noto Sans",Arial,sans-serif"#
  static let mono = #""JetBrains Mono","SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace"#
}

extension UInt32 {
  /// As CSS writes a colour: `#1a1a1a`.
  var cssColor: String {
    let digits = String(self & 0xFFFFFF, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
