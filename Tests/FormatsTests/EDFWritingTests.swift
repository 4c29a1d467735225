import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

@Suite struct EDFWritingTests {
  private func recording(_ samples: [Double], rate: Double = 4, units: String = "mV") -> StoredRecording {
    StoredRecording(samplingFrequency: rate, leads: [Lead(name: "V1", units: units, samples: samples)])
  }

  private func writtenAndRead(_ recording: StoredRecording) throws -> (read: StoredRecording, losses: [String]) {
    let written = try EDF.write(recording, name: "r")
    return (try EDF.read(Array(written.files[0].content)), written.losses)
  }

  /// The fields at the places that the specification gives them.
  @Test func writesTheHeaderOfTheSpecification() throws {
    var stored = recording([0.001, -0.002, 0.003, 0])
    stored.patient.id = "A 17"
    (stored.patient.givenName, stored.patient.sex) = ("Jürgen Ærø", .male)
    stored.patient.birth = Header.Start(year: 1951, month: 5, day: 2)
    stored.start = Header.Start(year: 2002, month: 3, day: 2, hour: 13, minute: 14, second: 15.5)
    stored.device = "Mortara ELI 350"
    (stored.filters.highPass, stored.filters.lowPass) = (0.05, 150)
    stored.statements = ["Sinusrhythmus, Größe"]
    let written = try EDF.write(stored, name: "r")
    #expect(written.files.map(\.name) == ["r.edf"])
    let bytes = Array(written.files[0].content)
    func text(_ place: Range<Int>) -> String { String(decoding: bytes[place], as: UTF8.self).trimmed }
    #expect(text(0..<8) == "0" && text(8..<88) == "A_17 M 02-MAY-1951 Jurgen_AEro")
    #expect(text(88..<168) == "Startdate 02-MAR-2002 X X Mortara_ELI_350")
    #expect(text(168..<184) == "02.03.0213.14.15" && text(184..<192) == "768" && text(192..<236) == "EDF+C")
    #expect(text(236..<256) == "1       1       2")
    #expect(text(256..<288) == "ECG V1          EDF Annotations")
    #expect(text(448..<464) == "uV" && text(464..<496) == "-32768  -1      32767   1")
    #expect(text(496..<528) == "-32768  -32768  32767   32767" && text(528..<688) == "HP:0.05Hz LP:150Hz")
    let lists = Array("+0.5\u{14}\u{14}\0+0.5\u{14}Statement: Sinusrhythmus, Größe\u{14}\0".utf8)
    #expect(text(688..<704) == "4       \((lists.count + 1) / 2)")
    #expect(Array(bytes[768..<776]) == [1, 0, 0xFE, 0xFF, 3, 0, 0, 0])
    #expect(Array(bytes[776...]) == lists + Array(repeating: 0, count: lists.count % 2))
    #expect(written.losses == ["the patient's name is written in ASCII without underscores, in one word"])
  }

  /// Steps of electrocardiographs come back exactly.
  @Test(arguments: [0.001, 0.005, 0.00488, 0.0025, 0.00244, 0.004_882_812_5, 1.0 / 200, 1.0 / 204.8, 1e-5, 0.1])
  func keepsSteps(step: Double) throws {
    let samples = [-15_000, 3, 4, 0, 15_000, 17].map { Double($0) * step }
    let (read, losses) = try writtenAndRead(recording(samples))
    #expect(losses.isEmpty)
    #expect(areSame(read.leads[0].samples, samples, within: 1e-9 * step))
  }

  @Test func saysByHowMuchAStepOfManyDigitsChangesValues() throws {
    let samples = [-32_000, 0, 1, 31_999].map { Double($0) * 0.000_123_456_789_123 }
    let (read, losses) = try writtenAndRead(recording(samples))
    let change = zip(samples, read.leads[0].samples).map { abs($0 - $1) }.max() ?? 1
    #expect(
      losses.count == 1 && losses[0].hasPrefix("lead V1: its step is written in 8 characters, which changes values by ")
    )
    #expect(change > 0 && change < 1e-6)
  }

  @Test func saysWhatStandsForMissingSamples() throws {
    let (read, losses) = try writtenAndRead(recording([1, .nan, 2, .nan]))
    #expect(
      losses == [
        "lead V1: 2 missing samples are written as -32768 uV, the least that can be: EDF has no missing sample"
      ])
    #expect(read.leads[0].samples == [1, -32.768, 2, -32.768])
  }

  @Test func choosesDataRecordsThatDivideTheRecording() throws {
    #expect(EDFRecords(rate: 500, count: 5000, leads: 12)?.losses(rate: 500, count: 5000) == [])
    #expect(EDFRecords(rate: 500, count: 5000, leads: 12)?.samples == 500)
    let odd = try #require(EDFRecords(rate: 500, count: 1021 * 3, leads: 12))  // primes
    #expect(odd.samples == 1021 && odd.duration == "2.042" && odd.losses(rate: 500, count: 3063) == [])
    let prime = try #require(EDFRecords(rate: 500, count: 7919, leads: 12))
    #expect(
      prime.losses(rate: 500, count: 7919) == [
        "the last data record is filled up with 81 samples, which repeat the last one: 8000 a lead in place of 7919"
      ])
    let half = try #require(EDFRecords(rate: 62.5, count: 625, leads: 12))
    #expect(half.losses(rate: 62.5, count: 625) == [] && Double(half.samples) / half.seconds == 62.5)
    let fast = try #require(EDFRecords(rate: 32_000, count: 320_000, leads: 12))
    #expect(fast.samples * 24 <= 61_440 && fast.losses(rate: 32_000, count: 320_000) == [])
    let third = try #require(EDFRecords(rate: 1000.0 / 3, count: 1000, leads: 3))
    #expect(third.losses(rate: 1000.0 / 3, count: 1000) == [] && Double(third.samples) / third.seconds == 1000.0 / 3)
    let strange = try #require(EDFRecords(rate: 62.472_501, count: 625, leads: 3))
    #expect(strange.losses(rate: 62.472_501, count: 625).contains { $0.hasPrefix("the sampling rate is written as ") })
    #expect(abs(Double(strange.samples) / strange.seconds - 62.472_501) < 1e-4)
  }

  @Test(arguments: [(500.0, 3063), (500, 7919), (62.5, 625), (1000, 1), (257, 999), (360, 650), (0.1, 30)])
  func keepsTheRate(rate: Double, count: Int) throws {
    let samples = (0..<count).map { Double($0 % 100) / 1000 }
    let read = try writtenAndRead(recording(samples, rate: rate)).read
    #expect(read.samplingFrequency == rate && areSame(Array(read.leads[0].samples.prefix(count)), samples))
  }

  @Test func spreadsLongAnnotationsOverDataRecords() throws {
    var stored = recording((0..<40).map { Double($0) / 1000 })
    stored.comments = (1...30).map { "comment \($0) of some length, and with an ü" }
    let (read, losses) = try writtenAndRead(stored)
    #expect(read.comments == stored.comments && losses.isEmpty)
  }

  @Test(arguments: [
    (Header.Start(), "no date and no time"),
    (Header.Start(year: 1984, month: 2, day: 29, hour: 0, minute: 0, second: 0), "before 1985"),
    (Header.Start(year: 2101, month: 12, day: 31, hour: 23, minute: 59, second: 59.125), "after 2084"),
    (Header.Start(hour: 0, minute: 0, second: 0), "midnight of no day"),
    (Header.Start(year: 1999, hour: 8, minute: 30, second: 0), "a year"),
  ]) func keepsWhenItBegan(start: Header.Start, what: String) throws {
    var stored = recording([0, 0.001, 0, 0])
    stored.start = start
    let (read, losses) = try writtenAndRead(stored)
    #expect(read.start == start, "\(what)")
    #expect(losses.isEmpty && read.warnings.isEmpty, "\(what): \(losses) \(read.warnings)")
  }

  @Test func saysWhichNamesAndUnitsItChanges() throws {
    var stored = recording([1, 2, 3, 4], units: "µmol per litre")
    stored.leads[0].name = "a signal with a long name"
    let (read, losses) = try writtenAndRead(stored)
    #expect(read.leads.map(\.name) == ["a signal with a"] && read.leads.map(\.units) == ["umol per"])
    #expect(
      losses == [
        "lead 1: its name is written as 'a signal with a'",
        "lead a signal with a: its units are written as 'umol per'",
      ])
  }

  @Test func refusesWhatItCannotHold() {
    #expect(throws: FormatError.self) { try EDF.write(recording([]), name: "r") }
    #expect(throws: FormatError.self) { try EDF.write(recording([1], rate: .nan), name: "r") }
    #expect(throws: FormatError.self) { try EDF.write(recording([1e300, -1]), name: "r") }
  }
}
