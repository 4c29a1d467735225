import Drawing

/// The look of a report, in one place for HTML and PDF: type, colours and measures.
enum Tokens {
  /// One of the two sets of colours; text reads at 7:1 or better on its paper, links too.
  struct Colors {
    var ink, secondary, hairline, paper, shade, link: Color
  }
  /// As in the figures.
  static let light = Colors(
    ink: Theme.ink, secondary: Theme.secondary, hairline: Theme.hairline, paper: Theme.paper, shade: Color(0xF5F6F8),
    link: Theme.link)
  static let dark = Colors(
    ink: Theme.darkInk, secondary: Theme.onDark(Theme.secondary), hairline: Theme.onDark(Theme.hairline),
    paper: Theme.darkPaper, shade: Color(0x1E2228), link: Theme.onDark(Theme.link))

  /// Sizes of type in points, for the printed page.
  enum Size {
    static let lineNumber = 7.0
    static let small = 8.0, caption = 9.0, endText = 9.5, text = 10.5, subhead = 10.5, head = 13.0, section = 17.0
    static let title = 24.0
  }
  /// Families in order of preference: the report's own, then what systems bring.
  static let serif =
    #""STIX Two Text","STIX","Iowan Old Style","Palatino Linotype",Palatino,"Noto Serif",Georgia,serif"#
  static let sans = #""Inter","Helvetica Neue","Segoe UI",Roboto,"Noto Sans",Arial,sans-serif"#
  static let math = #""STIX Two Math","STIX Math","Cambria Math","Latin Modern Math","Noto Sans Math",math"#
  static let mono = #""JetBrains Mono","SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace"#
}
