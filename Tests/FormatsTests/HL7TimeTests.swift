import Testing
import WFDB

@testable import Formats

@Suite struct HL7TimeTests {
  @Test(arguments: [
    ("2002", Header.Start(year: 2002)), ("200211", Header.Start(year: 2002, month: 11)),
    ("20021122", Header.Start(year: 2002, month: 11, day: 22)),
    ("200211220910", Header.Start(year: 2002, month: 11, day: 22, hour: 9, minute: 10)),
    ("20021122091000.25", Header.Start(year: 2002, month: 11, day: 22, hour: 9, minute: 10, second: 0.25)),
    (" 20000229235960 ", Header.Start(year: 2000, month: 2, day: 29, hour: 23, minute: 59, second: 60)),
    ("2002-11-22T09:10:00", Header.Start(year: 2002, month: 11, day: 22, hour: 9, minute: 10, second: 0)),
  ])
  func readsTimesCutAfterAnyPart(text: String, expected: Header.Start) { #expect(HL7Time(text)?.start == expected) }

  @Test(arguments: [
    "", "200", "20021", "20021322", "20010229", "20020230101010", "2002112224", "200211220960", "20021122091000.1.2",
    "now",
    "20021122091000.1234567890", "20021122091000+1", "٢٠٠٢",
  ])
  func readsNothingElse(text: String) { #expect(HL7Time(text) == nil) }

  /// Noon in Berlin is eleven in Greenwich.
  @Test func countsSecondsInGreenwich() throws {
    let times = ["19700101000000", "20200229120000+0100", "20200229110000Z", "19691231235959.5-0000"]
    #expect(times.map { HL7Time($0)?.seconds } == [0, 1_582_974_000, 1_582_974_000, -0.5])
    let again = try #require(HL7Time(seconds: 1_582_974_000, zone: 60))
    #expect(again.text == "20200229120000" && again.zone == 60)
  }

  @Test(arguments: [
    "2002", "20021122", "200211220910", "20021122091000", "20021122091000.250", "19991231235959.000125",
  ]
  )
  func writesWhatItReads(text: String) { #expect(HL7Time(text)?.text == text) }

  /// 59.9999999 s are a minute, when they are counted in microseconds.
  @Test func roundsToMicroseconds() { #expect(HL7Time(seconds: 59.999_999_9, zone: nil)?.text == "19700101000100") }
}
