import Files

/// `results.json`: the machine-readable twin of a report. It holds nothing that differs from run to run.
public struct Results: Sendable, Equatable, Codable {
  public var schema = "ecgbook.results/1"
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
    public var citations: [String]
    public var banners: [String]
  }
  /// A numbered figure or table with the data that it shows.
  public struct Shown: Sendable, Equatable, Codable {
    public var id: String
    public var number: Int
    public var caption: String  // with its values filled in
    public var description: String?  // of a figure, for those who cannot see it
    public var data: Frame
  }

  /// The bytes of the file.
  public var text: String {
    get throws { try CanonicalJSON.text(self, pretty: false) + "\n" }
  }
}
