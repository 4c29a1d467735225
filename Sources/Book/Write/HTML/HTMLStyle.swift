import Drawing

/// The style sheet; its values come from ``Tokens``, as the PDF's do. Elements have no style of their own, which the
/// content security policy would forbid: what differs from one to the next is a rule here, with a class.
struct HTMLStyle {
  private var figures: [Scene] = []
  private var widths: Set<Int> = []

  /// The class of the box in which a figure stands: on screen two pixels for a point, up to the page's width; in print
  /// the true size.
  mutating func plate(_ scene: Scene) -> String {
    figures.append(scene)
    return "plate-\(figures.count)"
  }

  /// The class of what is at least so many digits wide.
  mutating func width(ofCharacters count: Int) -> String {
    widths.insert(count)
    return "wide-\(count)"
  }

  var sheet: String {
    let plates = figures.enumerated().map { index, scene in
      let (width, height) = (cssNumber(scene.size.width), cssNumber(scene.size.height))
      return ".plate-\(index + 1) { --w: \(width); --ratio: \(width)/\(height); }"
    }
    let asides = widths.sorted().map { ".wide-\($0) { min-width: \($0)ch; }" }
    let dark = darkStyle(of: figures, within: ".plate")
    let onDark = dark.isEmpty ? [] : ["@media screen and (prefers-color-scheme: dark) {\n\(dark)\n}"]
    return ([HTMLStyle.common] + plates + asides + onDark).joined(separator: "\n")
  }

  /// A number as CSS reads it, at a hundredth of a point.
  private func cssNumber(_ x: Double) -> String {
    let rounded = (x * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(exactly: rounded) ?? 0)" : "\(rounded)"
  }

  private static let common = """
    :root {
      color-scheme: light dark;
      --serif: \(Tokens.serif);
      --sans: \(Tokens.sans);
      --mono: \(Tokens.mono);
      --measure: 33em;
      \(variables(Tokens.light))
    }
    @media (prefers-color-scheme: dark) {
      :root { \(variables(Tokens.dark)) }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem;
      background: var(--paper); color: var(--ink);
      font: 1.0625rem/1.5 var(--serif); font-variant-numeric: lining-nums;
      overflow-wrap: break-word;
    }
    a { color: var(--link); text-decoration: underline; text-decoration-thickness: 0.04em; text-underline-offset: 0.18em; }
    a:focus-visible, summary:focus-visible, button:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    .skip { position: absolute; left: -100vw; padding: 0.5rem 0.8rem; background: var(--paper); font-family: var(--sans); z-index: 2; }
    .skip:focus { left: 0.5rem; top: 0.5rem; }
    h1, h2, h3, h4, h5, h6, nav, footer, figcaption, caption, table, details, dl, .byline, .notice, .table-notes {
      font-family: var(--sans);
    }
    h1, h2, h3, h4, h5, h6 { max-width: 60rem; color: var(--ink); text-wrap: balance; scroll-margin-top: 1rem; }
    h1 { margin: 0 0 0.6rem; font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.25rem); line-height: 1.2; font-weight: 600; letter-spacing: -0.018em; }
    h2 { margin: 3rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--hairline); font-size: 1.375rem; line-height: 1.3; font-weight: 600; letter-spacing: -0.012em; }
    h3 { margin: 2rem 0 0.5rem; font-size: 1.09rem; line-height: 1.35; font-weight: 600; }
    h4 { margin: 1.5rem 0 0.25rem; font-size: 0.95rem; font-weight: 600; }
    h5, h6 { margin: 1.25rem 0 0.25rem; font-size: 0.9rem; font-weight: 500; color: var(--secondary); }
    p, ul, ol, blockquote, pre { margin: 0 0 0.9rem; max-width: var(--measure); }
    li > p:last-child, td > p:last-child { margin-bottom: 0; }
    ul, ol { padding-left: 1.5em; }
    ul.tight, ol.tight { margin-bottom: 0.9rem; }
    li > ul, li > ol, li > ul.tight, li > ol.tight { margin: 0.15rem 0 0.3rem; }
    li { margin: 0.2rem 0; }
    ::marker { color: var(--secondary); }
    blockquote { padding-left: 1.1em; border-left: 2px solid var(--hairline); color: var(--secondary); }
    hr { max-width: var(--measure); margin: 2rem 0; border: 0; border-top: 1px solid var(--hairline); }
    code, pre { font-family: var(--mono); font-variant-ligatures: none; }
    code { font-size: 0.84em; overflow-wrap: anywhere; }
    pre { padding: 0.75rem 0.9rem; overflow-x: auto; background: var(--shade); font-size: 0.8rem; line-height: 1.5; max-width: 60rem; }
    pre code { font-size: 1em; overflow-wrap: normal; }
    sup { font-size: 0.7em; line-height: 0; vertical-align: 0.4em; font-variant-numeric: lining-nums; }
    sup.note a { padding: 0 0.15em; text-decoration: none; }
    .citation { white-space: nowrap; }
    .back { text-decoration: none; }
    .back:hover { text-decoration: underline; }
    .value { font-variant-numeric: lining-nums; }
    .value:hover { box-shadow: inset 0 -1px var(--secondary); }
    .aside { color: var(--secondary); }
    :target { background: var(--shade); outline: 0.25em solid var(--shade); }

    header.title { margin-bottom: 2rem; }
    .byline { margin: 0 0 1.25rem; color: var(--secondary); font-size: 0.94rem; }
    .byline .authors { color: var(--ink); }
    .byline .authors + .date::before { content: "·"; margin: 0 0.5em 0 0.25em; }
    .notice { padding: 0.55rem 0.8rem; border: 1px solid var(--secondary); border-left-width: 4px; font-size: 0.875rem; line-height: 1.45; max-width: 44rem; }
    .summary { max-width: 40rem; margin: 1.25rem 0 1.5rem; font-size: 1.22rem; line-height: 1.45; }
    dl, dd { margin: 0; }
    .beside { display: flex; flex-wrap: wrap; gap: 0 2.5rem; align-items: flex-start; }
    .beside > div.table { margin: 0 0 1.5rem; flex: 0 1 auto; min-width: 0; max-width: 100%; }
    .beside table { font-size: 0.78rem; }
    .beside th, .beside td { padding: 0.22rem 0 0.22rem 0.85rem; }
    .sheet figure { margin-top: 0.5rem; }
    .key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: 1.25rem 1.5rem; margin: 0 0 1.75rem; max-width: 60rem; }
    .key-figures div { border-top: 1.5px solid var(--ink); padding-top: 0.5rem; }
    .key-figures dt { font-size: 0.8125rem; line-height: 1.35; color: var(--secondary); }
    .key-figures dd { margin-top: 0.1rem; font-variant-numeric: tabular-nums lining-nums; font-size: 0.875rem; }
    .figure-of-merit { margin-right: 0.15em; font-size: 2.25rem; line-height: 1.2; font-weight: 500; letter-spacing: -0.025em; }
    .facts { font-size: 0.875rem; line-height: 1.45; max-width: 44rem; border-bottom: 1px solid var(--hairline); }
    .facts div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0 1rem; padding: 0.35rem 0; border-top: 1px solid var(--hairline); }
    .facts dt { color: var(--secondary); }
    .facts dd { min-width: 0; overflow-wrap: anywhere; }

    nav { margin: 0 0 1.75rem; font-size: 0.875rem; line-height: 1.45; }
    nav p { margin: 0 0 0.3rem; font-weight: 600; }
    nav p a { color: var(--ink); text-decoration: none; }
    nav ol { list-style: none; margin: 0; padding: 0; }
    nav ol ol { display: none; padding-left: 1em; }
    nav li { margin: 0; }
    nav li a { display: inline-block; padding: 0.2rem 0; min-width: 1.5rem; color: var(--secondary); text-decoration: none; }
    nav li a:hover { color: var(--ink); text-decoration: underline; }

    figure, div.table { margin: 2rem 0 2.25rem; max-width: 60rem; scroll-margin-top: 1rem; }
    .plate { width: calc(var(--w) * 2px); max-width: 100%; }
    .plate, .scroll { --ground: var(--paper); --edge: var(--secondary); }
    /* What scrolls inside itself shows a line where it is cut; the ground, which moves along, hides it at the ends. */
    .plate, .scroll {
      overflow-x: auto;
      background:
        linear-gradient(var(--ground), var(--ground)) left / 3px 100% local no-repeat,
        linear-gradient(var(--ground), var(--ground)) right / 3px 100% local no-repeat,
        linear-gradient(var(--edge), var(--edge)) left / 2px 100% scroll no-repeat,
        linear-gradient(var(--edge), var(--edge)) right / 2px 100% scroll no-repeat var(--ground);
    }
    .plate svg { display: block; width: 100%; min-width: min(calc(var(--w) * 1.08px), 52rem); height: auto; aspect-ratio: var(--ratio); }
    .marks .shown { stroke: var(--ink); stroke-width: 0.8; }
    .value-note { position: fixed; z-index: 1; max-width: min(22rem, calc(100vw - 1rem)); font: 0.8125rem/1.4 var(--sans); font-variant-numeric: tabular-nums lining-nums; }
    .value-note:not(:empty) { padding: 0.3rem 0.6rem; border: 1px solid var(--secondary); background: var(--paper); color: var(--ink); }
    figcaption, caption { color: var(--secondary); font-size: 0.875rem; line-height: 1.5; text-align: left; }
    figcaption { margin-top: 0.6rem; max-width: 44rem; }
    caption { padding: 0 0 0.6rem; }
    caption > div { position: sticky; left: 0; max-width: min(44rem, calc(100vw - 2rem)); }
    .lead { color: var(--ink); font-weight: 500; }
    .label { font-weight: 600; }
    details { margin-top: 0.4rem; font-size: 0.8125rem; color: var(--secondary); }
    details p { max-width: 44rem; margin: 0.5rem 0; }
    summary { width: max-content; max-width: 100%; padding: 0.25rem 0; cursor: pointer; }

    table { border-collapse: collapse; font-size: 0.875rem; line-height: 1.35; font-variant-numeric: tabular-nums lining-nums; }
    thead tr { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink); }
    tbody tr:last-child { border-bottom: 1.5px solid var(--ink); }
    th, td { padding: 0.32rem 0 0.32rem 1.5rem; text-align: left; vertical-align: baseline; font-weight: 400; }
    th:first-child, td:first-child { padding-left: 0; }
    thead th { vertical-align: bottom; font-weight: 500; }
    th button { position: relative; margin: 0; padding: 0.25rem 0; min-width: 1.5rem; border: 0; background: none; color: inherit; font: inherit; text-align: inherit; cursor: pointer; }
    th button:hover { text-decoration: underline; text-underline-offset: 0.18em; }
    th button::after { position: absolute; bottom: 0.25rem; left: 100%; margin-left: 0.2em; content: ""; }
    th.right button::after { left: auto; right: 100%; margin: 0 0.2em 0 0; }
    th[aria-sort="ascending"] button::after { content: "\u{2191}"; }
    th[aria-sort="descending"] button::after { content: "\u{2193}"; }
    .right { text-align: right; }
    .center { text-align: center; }
    td.right { white-space: nowrap; }
    .words { min-width: 10rem; }
    td .aside { display: inline-block; margin-left: 0.35em; font-size: 0.93em; text-align: left; white-space: nowrap; }
    .table-notes { margin-top: 0.5rem; font-size: 0.8125rem; line-height: 1.45; color: var(--secondary); }
    .table-notes p { margin: 0 0 0.25rem; max-width: 44rem; }
    table.data { font-size: 0.78rem; }
    table.data th, table.data td { padding-block: 0.15rem; }

    math { font-family: \(Tokens.math); font-size: 1.02em; }
    .equation { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 1rem; margin: 0 0 0.9rem; max-width: var(--measure); scroll-margin-top: 1rem; }
    .equation .scroll { padding: 0.25rem 3px; overflow-y: hidden; }

    .references, .notes { font-size: 0.94rem; line-height: 1.45; }
    .references { list-style: none; padding-left: 2.4em; }
    .references li { position: relative; margin-bottom: 0.55rem; }
    .references.named { padding-left: 1.6em; }
    .references.named li { text-indent: -1.6em; }
    .references .number { position: absolute; left: -2.6em; width: 2.2em; text-align: right; color: var(--secondary); font-variant-numeric: tabular-nums; }
    .notes p { margin-bottom: 0.4rem; }
    .back { font-family: var(--sans); font-size: 0.85em; }
    footer { margin-top: 3rem; padding-top: 0.75rem; border-top: 1px solid var(--hairline); font-size: 0.8125rem; line-height: 1.5; color: var(--secondary); }
    footer p, footer ul { margin: 0 0 0.35rem; max-width: 44rem; }

    @media (min-width: 40rem) {
      body { padding: 3rem 2rem 5rem; font-size: 1.125rem; }
    }
    @media (min-width: 1200px) {
      body { display: grid; grid-template-columns: 13rem minmax(0, 60rem); gap: 0 3rem; max-width: 80rem; }
      nav { position: sticky; top: 3rem; align-self: start; grid-area: 1 / 1 / span 3; max-height: calc(100vh - 6rem); overflow-y: auto; margin-top: 0.6rem; font-size: 0.8125rem; }
      nav ol ol { display: block; }
      header.title, main, footer { grid-column: 2; min-width: 0; }
    }

    .draft::before { content: "DRAFT" / ""; position: fixed; inset: 0; z-index: 3; pointer-events: none; display: grid; place-items: center; color: var(--ink); opacity: 0.08; font: 600 min(22vw, 12rem) var(--sans); }
    @page { size: A4; margin: 22mm; }
    @page wide { size: A4 landscape; margin: 12mm 15mm; }
    @media print {
      :root { color-scheme: light; \(variables(Tokens.light)) }
      body { display: block; max-width: none; padding: 0; font-size: 10.5pt; line-height: 15pt; }
      nav, details, .download, .data-link, .back, .skip, .value-note { display: none; }
      a { color: inherit; text-decoration: none; }
      h1 { font-size: 24pt; line-height: 30pt; }
      h2 { font-size: 17pt; line-height: 20pt; margin-top: 25pt; }
      h3 { font-size: 13pt; line-height: 15pt; margin-top: 20pt; }
      h1, h2, h3, h4, h5, h6 { break-after: avoid; }
      p, li { orphans: 2; widows: 2; }
      p, ul, ol, blockquote, pre, .equation, .summary, .facts, figcaption, .table-notes p, .notice { max-width: 132mm; }
      .summary { font-size: 13pt; line-height: 20pt; }
      figure { break-inside: avoid; }
      figure.wide, div.wide { page: wide; }
      div.wide { font-size: 8pt; }
      .plate, .scroll { overflow: hidden; background: none; }
      .plate { width: calc(var(--w) * 1pt); }
      .plate svg { min-width: 0; }
      table, figcaption, caption, .notice, .facts { font-size: 9pt; line-height: 12.5pt; }
      th, td { padding: 1.2pt 0 1.2pt 10pt; }
      thead { display: table-header-group; }
      tr { break-inside: avoid; }
      pre { white-space: pre-wrap; font-size: 8pt; line-height: 10pt; }
      div.wide table { font-size: 7.5pt; line-height: 10pt; }
      div.wide th, div.wide td { padding-left: 7pt; }
      .key-figures { grid-template-columns: repeat(auto-fit, minmax(38mm, 1fr)); break-inside: avoid; }
      .figure-of-merit { font-size: 24pt; }
      .references, .notes, footer { font-size: 9pt; line-height: 12.5pt; }
    }
    """

  private static func variables(_ c: Tokens.Colors) -> String {
    let values = [
      ("ink", c.ink), ("secondary", c.secondary), ("hairline", c.hairline), ("paper", c.paper), ("shade", c.shade),
      ("link", c.link),
    ]
    return values.map { "--\($0): \($1.hex);" }.joined(separator: " ")
  }
}
