import Files
import Foundation
import PTBXL
import TestSupport
import WFDB

/// A data set of a few records, as files in a folder that is removed afterwards.
enum SmallDataSet {
  /// Six records of five patients in folds 1 to 5; 8 and 9 hold the same patient, in one fold.
  static let records: [ECGRecord] = [
    record(1, patient: 10, fold: 1, [("NORM", 100), ("SR", 0)], age: 56, .female),
    record(2, patient: 11, fold: 2, [("IMI", 35), ("AFIB", 0)], age: 70, .male),
    record(3, patient: 12, fold: 3, [("SR", 0)], age: nil, .male),
    record(7, patient: 13, fold: 4, [("NDT", 50), ("LVH", 80)], age: 18, .female),
    record(8, patient: 14, fold: 5, [("CLBBB", 100), ("IMI", 0)], age: 40, nil),
    record(9, patient: 14, fold: 5, [("NORM", 80)], age: 41, nil),
  ]

  static func record(
    _ id: Int, patient: Int, fold: Int, _ findings: [(String, Double)], age: Int? = nil, _ sex: ECGRecord.Sex? = nil
  ) -> ECGRecord {
    let name = String(repeating: "0", count: 5 - "\(id)".count) + "\(id)"
    return ECGRecord(
      ecgID: id, patientID: patient, age: age, sex: sex, statements: findings.map { .init($0.0, $0.1) }, fold: fold,
      fileName100: "records100/00000/\(name)_lr", fileName500: "records500/00000/\(name)_hr")
  }

  static func writeTables(_ records: [ECGRecord] = records, in folder: String) throws {
    try writeFile(CSV(database: records).text, to: folder + "/" + Database.databaseTable)
    try writeFile(CSV(statements: Statement.catalogue).text, to: folder + "/" + Database.statementsTable)
  }

  /// Writes tables and the 100 Hz signals: lead *k* of record *id* is *id* + *k*/1000 mV, one sample more per time.
  static func write(_ records: [ECGRecord] = records, in folder: String, rate: Rate = .hz100) throws {
    try writeTables(records, in: folder)
    try FileManager.default.makeFolder(folder + "/records\(rate.rawValue)/00000")
    for record in records {
      let leads = ECGRecord.leadNames.enumerated().map { lead, name in
        Lead(
          name: name, units: "mV",
          samples: (0..<rate.sampleCount).map { Double(record.ecgID) + Double(lead + $0 % 100) / 1000 })
      }
      try writeSignals(leads, of: record, in: folder, rate: rate)
    }
  }

  static func writeSignals(_ leads: [Lead], of record: ECGRecord, in folder: String, rate: Rate = .hz100) throws {
    let path = URL(filePath: folder + "/" + record.fileName(rate))
    try EncodedRecord(
      name: path.lastPathComponent, samplingFrequency: Double(rate.rawValue), leads: leads
    ).write(to: path.deletingLastPathComponent().path)
  }
}
