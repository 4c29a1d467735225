import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

@Suite struct CSVTests {
  private func read(_ text: String, rate: Double? = nil, units: String? = nil) throws -> StoredRecording {
    try CSV.read(Array(text.utf8), CSV.Layout(samplingFrequency: rate, units: units))
  }

  @Test func readsNamesUnitsAndComments() throws {
    let recording = try read(
      """
      # rate: 500 Hz
      # Age: 56
      # sex: female
      # made up
      I (mV),"II [uV]",V1 (V)
      0.5,-1000,0.001
      ,nan,-2e-3
      # Statement: Sinus rhythm
      1,2,3

      """)
    #expect(recording.samplingFrequency == 500)
    #expect(recording.leads.map(\.name) == ["I", "II", "V1"] && recording.leads.allSatisfy { $0.units == "mV" })
    #expect(areSame(recording.leads[0].samples, [0.5, .nan, 1]))
    #expect(areSame(recording.leads[1].samples, [-1, .nan, 0.002]))
    #expect(areSame(recording.leads[2].samples, [1, -2, 3000]))
    #expect(recording.patient.age == 56 && recording.patient.sex == .female)
    #expect(recording.statements == ["Sinus rhythm"] && recording.comments == ["made up"])
    #expect(recording.warnings.isEmpty)
  }

  @Test(arguments: [
    "I;II\n1,5;-2\n0,25;3\n", "I\tII\n1.5\t-2\n.25\t3\n", "I\tII\r\n1,5\t-2\r\n0,25\t+3\r\n",
    "I , II\r1.5 , -2\r 0.25,3e0\r",
    "'I','II'\n1.5,-2\n0.25,3\n", "\u{FEFF}\"I\",\"II\"\n\"1.5\",\"-2\"\n0.25,3", "I;II\nmV;mV\n1,5;-2\n0,25;3\n",
    "sample #,I,II\n0,1.5,-2\n1,0.25,3\n", "'Elapsed time','I','II'\n'ms','mV','mV'\n0,1.5,-2\n4,0.25,3\n",
    "I,II,\n1.5,-2,\n0.25,3,\n",
  ]) func readsSeparatorsDecimalCommasAndLineEnds(text: String) throws {
    let recording = try read(text, rate: 250, units: "mV")
    #expect(
      recording.leads == [
        Lead(name: "I", units: "mV", samples: [1.5, 0.25]), Lead(name: "II", units: "mV", samples: [-2, 3]),
      ])
  }

  @Test(arguments: [
    ("time (s)", (0..<50).map { "\(Double($0) / 500)" }, 500.0),
    ("t [ms]", (0..<50).map { "\($0 * 2 + 7)" }, 500.0),
    ("Time (us)", (0..<50).map { "\($0 * 10_000)" }, 100.0),
    // Written to the millisecond.
    ("time (s)", (0..<720).map { "\((Double($0) / 360 * 1000).rounded() / 1000)" }, 360.0),
    ("time (s)", (0..<500).map { "\(Double($0) / 62.4725)" }, 62.4725),
    ("time (s)", (0..<5000).map { "\(Double($0) / 500.01)" }, 500.01),
  ]) func takesTheRateFromTimes(head: String, times: [String], rate: Double) throws {
    let text = "\(head),I (mV)\n" + times.map { "\($0),1\n" }.joined()
    let recording = try read(text)
    #expect(recording.samplingFrequency == rate)
    #expect(recording.leads.map(\.name) == ["I"] && recording.warnings.isEmpty)
  }

  @Test(arguments: ["I\tII\n1\t2\n\t\n\n3\t4\n", "I;II\n1;2\n;\n \n3;4\n"])
  func readsARowOfSeparatorsAsMissing(text: String) throws {
    let recording = try read(text, rate: 1, units: "mV")
    #expect(areSame(recording.leads[0].samples, [1, .nan, 3]) && areSame(recording.leads[1].samples, [2, .nan, 4]))
  }

  @Test func saysThatTimesWithoutUnitAreReadAsSeconds() throws {
    let recording = try read("time,I (mV)\n0,1\n0.01,2\n")
    #expect(recording.samplingFrequency == 100)
    #expect(recording.warnings.map(\.description) == ["line 1, column 1 (time): no unit of time; read as seconds"])
  }

  @Test func readsTwelveColumnsWithoutNamesAndSaysSo() throws {
    let row = (1...12).map(String.init).joined(separator: ",")
    let recording = try read("\(row)\n\(row)\n", rate: 100, units: "uV")
    #expect(recording.leads.map(\.name) == LeadName.twelve)
    #expect(recording.leads[11].samples == [0.012, 0.012])
    #expect(
      recording.warnings.map(\.description) == [
        "line 1: no row names the leads; read as I, II, III, aVR, aVL, aVF, V1, V2, V3, V4, V5, V6"
      ])
  }

  @Test func readsTheHeadThatNumPyPutsIntoAComment() throws {
    let recording = try read("# rate: 4\n# V1,V2\n1.0e+00,2\n3,4\n", units: "mV")
    #expect(recording.samplingFrequency == 4)
    #expect(
      recording.leads == [
        Lead(name: "V1", units: "mV", samples: [1, 3]), Lead(name: "V2", units: "mV", samples: [2, 4]),
      ])
  }

  @Test(arguments: [
    ("I,II\n1,2\n", "no sampling rate; expected a line '# rate: 500 Hz', a column 'time (s)', or the option --rate"),
    (
      "# rate: 5\nI,II (mV)\n1,2\n",
      "line 2, column 1 (I): no unit; expected one in brackets, as in 'I (mV)', a line '# unit: mV', or the option --unit"
    ),
    (
      "# rate: 5\nI (mV),II (mV)\n1,2\n3,x4\n",
      "line 4, column 2 (II): 'x4'; expected a number, or nothing where the sample is missing"
    ),
    ("# rate: 5\nI (mV),II (mV)\n1,2\n\n3\n", "line 5: 1 cells; expected 2, as in line 2"),
    ("# rate: 5\nI (mV),II (mV)\n1,2,3\n", "line 3: 3 cells; expected 2, as in line 2"),
    (
      "1,2,3\n4,5,6\n",
      "line 1: 3 columns of numbers and no row of names; expected a first row that names the leads, or 12 columns"
    ),
    ("# rate: 0 Hz\nI (mV)\n1\n", "a sampling rate of 0.0 Hz; expected hertz above 0 and at most 1000000"),
    ("# rate: often\nI (mV)\n1\n", "a sampling rate of inf Hz; expected hertz above 0 and at most 1000000"),
    ("I (mV),II (mV)\n", "line 1: no row of numbers; expected a row each sample"),
    ("# only this\n", "line 1: no table; expected a row of lead names, and a row each sample"),
    ("", "line 0: no table; expected a row of lead names, and a row each sample"),
    (
      "time (s),I (mV)\n0,1\n0.002,1\n\n0.004,1\n0.010,1\n0.012,1\n",
      "line 6, column 1 (time): a step of 0.006 from the time before; the first step is 0.002; expected times at a uniform distance"
    ),
    (
      "time (s),I (mV)\n0,1\n,1\n0.004,1\n", "line 3, column 1 (time): no time; expected times at a uniform distance"
    ),
    ("I (mV)\n1e999\n", "line 2, column 1 (I): a number as great as 1e300; expected a lesser one"),
  ]) func saysWhereWhatAndWhatWouldBeRight(text: String, problem: String) {
    #expect { try read(text) } throws: { "\($0)" == problem }
  }

  @Test(arguments: [
    "I (mV),II (mV)\n1,2\n", "# rate: 500\nI\n0.5\n", "time;I;II\n0,0;1;2\n", "ch1,ch2\n1,2\n",
    "0,1,2,3,4,5,6,7,8,9,10,11\n",
    "\u{FEFF}I\tII\n\t\n1\t2", "'sample #','a','b'\n'','mV','uV'\n0,1,2\n", "# V1,V2\n1.0e+00,2\n",
  ]) func recognizesTables(text: String) { #expect(ECGFile.format(ofContent: Array(text.utf8)[...]) == .csv) }

  @Test(arguments: [
    "", "\n\n", "hello\n", "<?xml version=\"1.0\"?>\n<AnnotatedECG a=\"1,2\">\n1,2\n", "<!DOCTYPE html><html>,\n1,2",
    "{\"a\": 1,\n\"b\": 2}",
    "[1,2,3,4,5,6,7,8,9,10,11,12]", "00001_hr 12 500 5000\n00001_hr.dat 16 1000.0(0)/mV 16 0 -115 13047 0 I\n",
    "ecg_id,patient_id,age,report\n1,15709.0,56.0,sinus rhythm\n", "1,2,3\n4,5,6\n", "I,II\0\n1,2\n",
    "Dear all,\nwe met, 3 of us\n",
  ]) func takesNoOtherText(text: String) { #expect(ECGFile.format(ofContent: Array(text.utf8)[...]) != .csv) }

  @Test func writesWhatReadsBackExactly() throws {
    var recording = StoredRecording(
      samplingFrequency: 62.4725,
      leads: [
        Lead(name: "I", units: "mV", samples: [0.1 + 0.2, -0.0, .nan, 5e-324, 1e299]),
        Lead(name: "#a,\"b\"", units: "mmHg", samples: [.nan, 1.0 / 3, 120, -1, 0]),
        Lead(name: "Lead V1 (left)", units: "", samples: [1, 2, 3, 4, 5]),
      ])
    recording.comments = ["rate: 72/min", "Age: unknown", "Statement: none, said the nurse", "unit = ward 3"]
    recording.statements = ["Sinus rhythm"]
    let written = try CSV.write(recording, name: "r")
    #expect(written.losses.isEmpty)
    let text = String(decoding: written.files[0].content, as: UTF8.self)
    #expect(
      text == """
        # rate: 62.4725 Hz
        # Statement: Sinus rhythm
        # Comment: rate: 72/min
        # Age: unknown
        # Comment: Statement: none, said the nurse
        # Comment: unit = ward 3
        I (mV),"#a,""b"" [mmHg]",Lead V1 (left) []
        0.30000000000000004,,1
        -0.0,0.3333333333333333,2
        ,120,3
        5e-324,-1,4
        1e+299,0,5

        """)
    let again = try CSV.read(Array(text.utf8))
    #expect(
      again.leads.map(\.name) == recording.leads.map(\.name) && again.leads.map(\.units) == recording.leads.map(\.units)
    )
    for (one, other) in zip(again.leads, recording.leads) { #expect(areSame(one.samples, other.samples)) }
    #expect(again.comments == recording.comments && again.statements == recording.statements)
  }

  @Test func writesASingleLeadWithMissingSamples() throws {
    let recording = StoredRecording(
      samplingFrequency: 1, leads: [Lead(name: "II", units: "mV", samples: [1, .nan, .infinity])])
    let written = try CSV.write(recording, name: "r")
    #expect(written.losses == ["lead II: 1 infinite values are written as missing"])
    #expect(areSame(try CSV.read(Array(written.files[0].content)).leads[0].samples, [1, .nan, .nan]))
  }

  @Test func withstandsHostileBytes() {
    let file = Array(
      "# rate: 500 Hz\n# Measurement: qrs.onset V1 212 ms\ntime (s);\"I (mV)\";II [uV]\n0;1,5;\n0,002;nan;3\n".utf8)
    expectToWithstand(file) { _ = try CSV.read($0) }
    expectToWithstand(file) { _ = CSV.recognizes($0[...]) }
  }

  @Test(arguments: ["\n", ",", "#\n", "\"", "1\n", ";,", "I"]) func readsMegabytesOfAnythingInLittleTime(piece: String)
  {
    let bytes =
      Array("I (mV),II (mV)\n".utf8) + Array(repeating: Array(piece.utf8), count: 4 << 20 / piece.utf8.count).joined()
    let time = ContinuousClock().measure { _ = try? CSV.read(bytes) }
    #expect(time < .seconds(10))
  }
}
