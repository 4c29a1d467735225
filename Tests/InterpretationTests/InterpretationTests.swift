import Files
import Foundation
import Learning
import PTBXL
import TestSupport
import Testing

@testable import Interpretation

@Suite struct RiskGroupTests {
  @Test(arguments: [
    (3, 0.4, RiskGroup.high), (3, 0.39, .medium), (3, 0.2, .medium), (2, 0.4, .medium), (2, 0.39, .low), (2, 0.2, .low),
    (1, 0.4, .low),
  ])
  func followsSeverityAndThreshold(severity: Int, probability: Double, group: RiskGroup) {
    #expect(RiskGroup(severity: severity, probability: probability, threshold: 0.4) == group)
  }

  @Test(arguments: [(3, 0.19), (2, 0.19), (1, 0.39), (0, 1.0)]) func isNoneBelow(severity: Int, probability: Double) {
    #expect(RiskGroup(severity: severity, probability: probability, threshold: 0.4) == nil)
  }
}

@Suite struct SeverityTableTests {
  @Test func knowsEveryLabelOfEverySet() throws {
    let table = try SeverityTable.standard()
    let known = Set(table.rows.map(\.label))
    for set in LabelSet.allCases where set != .subclass {
      #expect(set.labels(of: Statement.catalogue).filter { !known.contains($0) } == [], "\(set)")
    }
  }

  @Test(arguments: [("3AVB", 3), ("INJAS", 3), ("IMI", 3), ("PSVT", 3), ("AFIB", 2), ("ISCAL", 2), ("LVH", 2), ("NORM", 0), ("SR", 0), ("IRBBB", 1)])
  func holdsTheConvention(label: String, severity: Int) throws {
    #expect(try SeverityTable.standard().row(for: label).severity == severity)
  }

  @Test(arguments: [
    ("label,severity\nIMI,3\n", "columns label,severity; expected label,severity,reason"),
    ("label,severity,reason\nIMI,4,x\n", "line 2: severity '4'; expected 0, 1, 2 or 3"),
    ("label,severity,reason\nIMI,3,x\nIMI,2,y\n", "line 3: 'IMI' stands here twice"),
    ("label,severity,reason\nIMI,3,\n", "line 2: 'IMI' has no reason"),
  ])
  func saysWhereATableIsWrong(text: String, problem: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/severity.csv"
      try writeFile(text, to: path)
      let error = #expect(throws: SeverityError.self) { try SeverityTable(path: path) }
      #expect(error?.description.hasSuffix(problem) == true)
    }
  }

  @Test func countsAnUnknownLabelAsOneAndSaysSo() throws {
    let row = try SeverityTable.standard().row(for: "XYZ")
    #expect(row.severity == 1)
    #expect(row.reason.contains("not in the table"))
  }
}

@Suite struct InterpretationTests {
  private func interpretation() throws -> Interpretation {
    let labels: [Prediction.Label] = [
      .init(name: "AFIB", maximum: 0.8, mean: 0.7, threshold: 0.5), .init(name: "IMI", maximum: 0.3, mean: 0.2, threshold: 0.5),
      .init(name: "NORM", maximum: 0.2, mean: 0.2, threshold: 0.5), .init(name: "WPW", maximum: 0.1, mean: 0.1, threshold: nil),
    ]
    let prediction = Prediction(record: "r", model: "m", seconds: 10, labels: labels, windows: [], notes: [])
    return Interpretation(prediction, severities: try .standard())
  }

  @Test func groupsFindings() throws {
    let interpretation = try interpretation()
    #expect(interpretation.findings(in: .high).isEmpty)
    #expect(interpretation.findings(in: .medium).map(\.label) == ["AFIB", "IMI"])
    #expect(interpretation.findings.filter(\.isFound).map(\.label) == ["AFIB"])
  }

  @Test func putsALabelWithoutThresholdInNoGroup() throws {
    let finding = try #require(try interpretation().findings.first { $0.label == "WPW" })
    #expect(finding.group == nil && !finding.isFound)
  }

  @Test func alwaysCarriesTheCaution() throws {
    let text = try CanonicalJSON.text(try interpretation())
    #expect(text.contains("Not a medical device"))
    #expect(text.contains("acute ST-elevation infarction"))
  }
}
