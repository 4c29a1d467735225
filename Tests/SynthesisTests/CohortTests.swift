import PTBXL
import Testing

@testable import Synthesis

@Suite struct CohortTests {
  static let plans = Cohort(records: 600, seed: 42).plans
  static let superclass = Dictionary(uniqueKeysWithValues: Statement.catalogue.map { ($0.code, $0.superclass) })

  private func count(_ code: String, fold: Int? = nil) -> Int {
    Self.plans.count { $0.record.likelihood(of: code) != nil && (fold == nil || $0.record.fold == fold) }
  }

  @Test func hasAsManyRecordsAsAsked() {
    #expect(Self.plans.map(\.record.ecgID) == Array(1...600))
    #expect(Cohort(records: 1, seed: 1).plans.count == 1)
  }

  @Test func neverLetsAPatientCrossFolds() {
    let folds = Dictionary(grouping: Self.plans, by: \.record.patientID).mapValues { Set($0.map(\.record.fold)) }
    #expect(folds.values.allSatisfy { $0.count == 1 })
    #expect(folds.count < 600, "some patients have several records")
  }

  @Test func keepsAPatientThePersonHeIs() {
    for records in Dictionary(grouping: Self.plans, by: \.record.patientID).values {
      #expect(Set(records.map(\.record.sex)).count == 1 && Set(records.map(\.patientSeed)).count == 1)
      #expect(Set(records.map(\.recordSeed)).count == records.count)
    }
  }

  @Test(arguments: 1...10) func fillsFoldsEvenly(fold: Int) {
    #expect((50...70).contains(Self.plans.count { $0.record.fold == fold }))
  }

  @Test(arguments: [
    "NORM", "IMI", "ASMI", "ILMI", "AMI", "ALMI", "LMI", "CLBBB", "CRBBB", "IRBBB", "LAFB", "LPFB", "IVCD", "1AVB",
    "WPW",
    "LVH", "RVH", "LAO/LAE", "AFIB", "AFLT", "STACH", "SBRAD",
  ])
  func hasEveryDetailedLabelInTrainingValidationAndTest(code: String) {
    #expect(count(code) >= 15, "\(code): \(count(code))")
    #expect(count(code, fold: 9) >= 1 && count(code, fold: 10) >= 1, "\(code)")
  }

  @Test(arguments: ["NORM", "MI", "STTC", "CD", "HYP"]) func hasEverySuperclassInTenPercent(name: String) {
    let records = Self.plans.count { $0.record.statements.contains { Self.superclass[$0.code] == name } }
    #expect(records >= 60, "\(name): \(records)")
  }

  @Test func namesOnlyStatementsOfTheTableEachOnce() {
    for plan in Self.plans {
      let codes = plan.record.statements.map(\.code)
      #expect(codes.allSatisfy { Self.superclass[$0] != nil } && Set(codes).count == codes.count && !codes.isEmpty)
    }
  }

  @Test func combinesOnlyWhatOneTraceCanShow() {
    for plan in Self.plans {
      let reported = plan.shown.filter(\.isReported).map(\.diagnosis)
      for (i, a) in reported.enumerated() {
        for b in reported[(i + 1)...] { #expect(a.isCompatible(with: b), "\(a) \(b)") }
      }
    }
    #expect(Self.plans.count { $0.shown.filter(\.isReported).count > 1 } > 100, "many have several findings")
  }

  @Test func saysInEveryReportThatItIsSynthetic() {
    #expect(
      Self.plans.allSatisfy { $0.record.report?.hasPrefix("synthetic") == true && $0.record.device == "SYNTHETIC" })
  }

  @Test func spreadsAFewRecordsOverTheFolds() {
    #expect(Set(Cohort(records: 10, seed: 3).plans.map(\.record.fold)).count >= 8)
  }
}
