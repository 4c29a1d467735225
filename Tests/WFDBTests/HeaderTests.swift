import Foundation
import Testing
import WFDB

struct HeaderTests {
  @Test func readsEveryFieldOfTheRecordLine() throws {
    let header = try Header(parsing: "041s/2 0 62.4725/999.56(-12.5) 14400 19:46:25.757 26/10/1994\na 7200\n~ 7200\n")
    #expect(header.name == "041s")
    #expect(header.segmentCount == 2)
    #expect(header.samplingFrequency == 62.4725)
    #expect(header.counterFrequency == 999.56)
    #expect(header.baseCounter == -12.5)
    #expect(header.sampleCount == 14400)
    #expect(header.baseTime == "19:46:25.757")
    #expect(header.baseDate == "26/10/1994")
    #expect(header.segments.map(\.name) == ["a", "~"])
    #expect(header.segments.map(\.sampleCount) == [7200, 7200])
  }

  @Test func readsEveryFieldOfASignalLine() throws {
    let header = try Header(parsing: "r 1\nr.mat 16x2:3+24 -1.052e+04(-1605)/mm/Hg^2 12 -5 67 -11266 9 sig 0, fmt 16 \n")
    let signal = try #require(header.signals.first)
    #expect((signal.fileName, signal.format, signal.samplesPerFrame, signal.skew) == ("r.mat", 16, 2, 3))
    #expect((signal.byteOffset, signal.gain, signal.baseline, signal.units) == (24, -10520, -1605, "mm/Hg^2"))
    #expect((signal.adcResolution, signal.adcZero, signal.initialValue) == (12, -5, 67))
    #expect((signal.checksum, signal.blockSize, signal.name, signal.line) == (-11266, 9, "sig 0, fmt 16", 2))
  }

  @Test func fillsInWhatHeader5SaysOfAbsentFields() throws {
    let header = try Header(parsing: "r 1\nr.dat 212")
    #expect(header.samplingFrequency == 250)
    #expect(header.counterFrequency == 250)
    #expect(header.sampleCount == nil)
    let signal = try #require(header.signals.first)
    #expect(signal.gain == 200)
    #expect(signal.units == "mV")
    #expect(signal.initialValue == nil && signal.checksum == nil)
    #expect(signal.name == "signal 1")
  }

  @Test func usesADCZeroWhenBaselineIsAbsent() throws {
    let header = try Header(parsing: "100 1 360\n100.dat 212 200 11 1024 995 -22131 0 MLII\n")
    #expect(try #require(header.signals.first).baseline == 1024)  // header(5), "baseline"
  }

  @Test func takesAGainOfZeroFor200AndACountOfZeroForUnknown() throws {
    let header = try Header(parsing: "r 1 360 0\nr.dat 16 0(7)/mV\n")
    #expect(try #require(header.signals.first).gain == 200)
    #expect(header.sampleCount == nil)
  }

  @Test(arguments: [
    ("r 0 500 7500 05-Feb-2020 11:39:16", "11:39:16", "05-Feb-2020"),  // date first, as CPSC writes it
    ("r 0 500 7500 11:39", "11:39", nil),
    ("r 0 500 7500 12", "12", nil),
    ("r 0 500 7500 ? 1 May 1990", "1", "? May 1990"),
  ])
  func keepsOddDatesAsText(line: String, time: String?, date: String?) throws {
    let header = try Header(parsing: line)
    #expect(header.baseTime == time)
    #expect(header.baseDate == date)
  }

  @Test func collectsCommentsBeforeBetweenAndAfterTheLines() throws {
    let header = try Header(
      parsing: "# first #\r\n\r\nr 1 360 5\r\n  #second\r\nr.dat 16\r\n#\r\n#\tDx: a,b  c \r\n")
    #expect(header.comments == ["first", "second", "", "Dx: a,b  c"])
    #expect(try #require(header.signals.first).line == 5)
  }

  @Test func readsLatin1WhereTextIsNotUTF8() throws {
    let header = try Header(parsing: Array("#Gr".utf8) + [0xF6, 0xDF] + Array("e\nr 0\n".utf8))
    #expect(header.comments == ["Größe"])
  }

  @Test(arguments: [
    "0", "1", "-2.5", "+3", ".5", "5.", "1000.0", "1.052e+04", "0.1", "123456789.123456789", "9007199254740993",
    "1e-3", "000000000000000000001.5", "0.00000000000000000000000012345", "3.0E2",
  ])
  func readsNumbersAsSwiftDoes(text: String) throws {
    let header = try Header(parsing: "r 1\nr.dat 16 \(text)(0)/mV\n")
    let expected = try #require(Double(text.hasSuffix(".") ? text + "0" : text))
    #expect(try #require(header.signals.first).gain == (expected == 0 ? 200 : expected))
  }

  @Test(arguments: [
    ("", "line 1: no record line; expected 'NAME SIGNALS [FREQUENCY [SAMPLES]]'"),
    ("# only\n\n", "line 2: no record line; expected 'NAME SIGNALS [FREQUENCY [SAMPLES]]'"),
    ("100", "line 1: the number of signals is missing"),
    ("100 two", "line 1: the number of signals is 'two'; expected a whole number of at least 0"),
    ("100 -1", "line 1: the number of signals is '-1'; expected a whole number of at least 0"),
    ("/3 1", "line 1: the record name is '/3'; expected a name, as in '100' or '041s/2'"),
    ("a/0 1", "line 1: the number of segments is 'a/0'; expected a whole number of at least 1"),
    ("100 1 fast", "line 1: the sampling frequency is 'fast'; expected a number"),
    ("100 1 0", "line 1: the sampling frequency is '0'; expected a positive number of hertz"),
    ("100 1 1e999", "line 1: the sampling frequency is '1e999'; expected a finite number"),
    ("100 1 360/2(3", "line 1: the base counter value is '360/2(3'; expected a number in parentheses"),
    ("100 0 360 1e3", "line 1: the number of samples is '1e3'; expected a whole number"),
    ("100 0 360 -5", "line 1: the number of samples is '-5'; expected a whole number of at least 0"),
    (
      "100 0 360 99999999999999999999",
      "line 1: the number of samples is '99999999999999999999'; expected a whole number of at most 64 bits"
    ),
    ("100 2\n100.dat 16\n", "line 1: the record line announces 2 signals; 1 signal lines follow"),
    ("100 0\n100.dat 16\n", "line 1: the record line announces 0 signals; 1 signal lines follow"),
    ("100/2 1\na 5\n", "line 1: the record line announces 2 segments; 1 segment lines follow"),
    ("100 1\n\n100.dat\n", "line 3: the format is missing"),
    ("100 1\n100.dat x\n", "line 2: the format is 'x'; expected a whole number of at least 0"),
    ("100 1\n100.dat 16x0\n", "line 2: the number of samples per frame is '16x0'; expected a whole number of at least 1"),
    ("100 1\n100.dat 16y\n", "line 2: the format is '16y'; expected 'FORMAT[xSAMPLES][:SKEW][+OFFSET]'"),
    ("100 1\n100.dat 16 -\n", "line 2: the gain is '-'; expected a number"),
    ("100 1\n100.dat 16 200(x)/mV\n", "line 2: the baseline is '200(x)/mV'; expected a whole number"),
    ("100 1\n100.dat 16 200(1/mV\n", "line 2: the baseline is '200(1/mV'; expected a whole number in parentheses"),
    ("100 1\n100.dat 16 200 11 x\n", "line 2: the ADC zero is 'x'; expected a whole number"),
    ("100 1\n100.dat 16 200 11 0 1.5\n", "line 2: the initial value is '1.5'; expected a whole number"),
    ("a/1 1\nb\n", "line 2: the segment's number of samples is missing"),
  ])
  func saysWhatBreaksTheGrammarAndWhere(text: String, message: String) {
    #expect(throws: HeaderError.self) { try Header(parsing: text) }
    do { _ = try Header(parsing: text) } catch { #expect(error.description == message) }
  }
}
