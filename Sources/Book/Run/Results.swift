import Files

/// `results.json`: the machine-readable twin of a report. It holds nothing that differs from run to run.
public struct Results: Sendable, Equatable, Codable {
  static let currentSchema = "ecgbook.results/1"
  public var schema = Self.currentSchema
  public var report: ReportPart
  /// Name → version of what computed it.
  public var tools: [String: String]
  /// In the order of the report.
  public var cells: [CellPart]

  public struct ReportPart: Sendable, Equatable, Codable {
    public var title: String
    public var name: String  // the file's, without its folder
    public var digest: Digest  // of the source
    public var source: String
    /// The text of every file that it includes, by name; nil when there is none.
    public var included: [String: String]?
    public var parameters: [String: Value]
    /// The works that it cites.
    public var bibliography: [BibliographyItem]
    /// Seconds since 1970, when something other than the source dates the report.
    public var date: Int?
  }
  public struct CellPart: Sendable, Equatable, Codable {
    public var id, kind, version: String
    public var computeKey, renderKey: Digest
    public var options: [String: Value]
    public var needs: [String]
    public var inputs: [InputDigest]
    public var values: Value
    public var figures: [Shown]
    public var tables: [Shown]
    /// Frames of this cell that other cells are drawn from, but those which stand in a table or figure as they are.
    public var frames: [String: Frame]
    public var citations: [String]
    public var banners: [String]
    /// What was chosen by looking at records, and which values that makes optimistic; nil when nothing was.
    public var choices: [Choice]?
    public var testSet: TestSet?
    public var verdict: Verdict?
    /// SHA-256 of the canonical JSON of all of the above: names the cell that was changed.
    public var digest: Digest?

    /// What decided that it ran, as far as a finished report knows it: the keys of needed cells are not in it.
    var keyParts: KeyParts { KeyParts(kind: kind, version: version, options: options, needs: [:], inputs: inputs) }

    /// What `digest` should be.
    func contentDigest() throws -> Digest {
      var content = self
      content.digest = nil
      return Digest(of: try CanonicalJSON.text(content, pretty: false))
    }
  }
  /// A numbered figure, panel or table with the data that it shows.
  public struct Shown: Sendable, Equatable, Codable {
    /// "3", "A1", "3b".
    var label: String { (appendix ?? "") + "\(number)" + (panel ?? "") }

    public var id: String
    public var number: Int
    /// The letter of the appendix that it stands in; nil before the appendices.
    public var appendix: String?
    /// Of a panel: its letter. Its figure comes before it, and has no data of its own.
    public var panel: String?
    public var caption: String  // with its values filled in
    public var description: String?  // of a figure, for those who cannot see it
    public var data: Frame
    /// The frame that `data` is, where it is one as it was computed.
    public var from: FrameName?
  }

  /// The bytes of the file.
  public var text: String {
    get throws { try CanonicalJSON.text(self, pretty: false) + "\n" }
  }
}
