/// A published work, with the fields of CSL-JSON.
public struct Citation: Sendable, Equatable, Codable {
  public struct Author: Sendable, Equatable, Codable {
    public var family, given: String
    public init(_ family: String, _ given: String) { (self.family, self.given) = (family, given) }
  }
  public var key: String
  public var type: String  // "article-journal", "dataset"
  public var authors: [Author]
  public var title: String
  public var container: String?  // the journal
  public var publisher: String?
  public var version: String?
  public var year: Int
  public var volume, issue, pages: String?
  public var doi, url: String?
  public var note: String?
}

extension Database {
  /// What a work that uses these data must cite, in this order: the data set in its version, its description, PhysioNet.
  /// A synthetic data set obliges to nothing.
  public var citations: [Citation] { isSynthetic ? [] : Citation.ptbxl(version: version) }
}

extension Citation {
  /// The three citations that PTB-XL's page on PhysioNet requires.
  public static func ptbxl(version: Version) -> [Citation] { [dataSet(version), wagner2020, goldberger2000] }

  private static let dataAuthors = [
    Author("Wagner", "Patrick"), Author("Strodthoff", "Nils"), Author("Bousseljot", "Ralf-Dieter"),
    Author("Samek", "Wojciech"), Author("Schaeffter", "Tobias"),
  ]

  /// Year and DOI of each release: its page on PhysioNet.
  private static let releases = [
    "1.0.1": (year: 2020, doi: "10.13026/x4td-x982"),
    "1.0.2": (year: 2022, doi: "10.13026/zx4k-te85"),
    "1.0.3": (year: 2022, doi: "10.13026/kfzx-aw45"),
  ]

  /// The data set. When the version is unknown, the latest one's page and DOI, and no version number.
  private static func dataSet(_ version: Version) -> Citation {
    let release = version.number.flatMap { releases[$0] } ?? (year: 2022, doi: "10.13026/kfzx-aw45")
    return Citation(
      key: "wagner2022", type: "dataset", authors: dataAuthors,
      title: "PTB-XL, a large publicly available electrocardiography dataset", container: nil,
      publisher: "PhysioNet", version: version.number, year: release.year, volume: nil, issue: nil, pages: nil,
      doi: release.doi, url: "https://physionet.org/content/ptb-xl/" + (version.number.map { "\($0)/" } ?? ""),
      note: "RRID:SCR_007345")
  }

  public static let wagner2020 = Citation(
    key: "wagner2020", type: "article-journal",
    authors: [
      Author("Wagner", "Patrick"), Author("Strodthoff", "Nils"), Author("Bousseljot", "Ralf-Dieter"),
      Author("Kreiseler", "Dieter"), Author("Lunze", "Fatima I."), Author("Samek", "Wojciech"),
      Author("Schaeffter", "Tobias"),
    ],
    title: "PTB-XL, a large publicly available electrocardiography dataset", container: "Scientific Data",
    publisher: nil, version: nil, year: 2020, volume: "7", issue: "1", pages: "154",
    doi: "10.1038/s41597-020-0495-6", url: "https://doi.org/10.1038/s41597-020-0495-6", note: nil)

  public static let goldberger2000 = Citation(
    key: "goldberger2000", type: "article-journal",
    authors: [
      Author("Goldberger", "Ary L."), Author("Amaral", "Luis A. N."), Author("Glass", "Leon"),
      Author("Hausdorff", "Jeffrey M."), Author("Ivanov", "Plamen Ch."), Author("Mark", "Roger G."),
      Author("Mietus", "Joseph E."), Author("Moody", "George B."), Author("Peng", "Chung-Kang"),
      Author("Stanley", "H. Eugene"),
    ],
    title: "PhysioBank, PhysioToolkit, and PhysioNet: Components of a New Research Resource for Complex Physiologic "
      + "Signals",
    container: "Circulation", publisher: nil, version: nil, year: 2000, volume: "101", issue: "23", pages: "e215–e220",
    doi: "10.1161/01.CIR.101.23.e215", url: "https://doi.org/10.1161/01.CIR.101.23.e215", note: nil)
}
