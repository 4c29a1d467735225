import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

/// `exchange/test.scp`, a record of a Burdick cart, against `test.des`, which the WFDB library's reader printed of it.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
struct SCPSampleTests {
  private let recording: StoredRecording
  /// `Parameter` and its value, of lines like `RR interval: 869`.
  private let described: [String: String]
  /// The table at the end: of each line its name, its units and twelve values.
  private let table: [(name: String, units: String, values: [String])]

  init() throws {
    let bytes = try #require(FileManager.default.contents(atPath: SharedData.path("exchange/test.scp")))
    recording = try SCP.read([UInt8](bytes))
    let text = try String(contentsOfFile: SharedData.path("exchange/test.des"), encoding: .utf8)
    var described: [String: String] = [:]
    var table: [(name: String, units: String, values: [String])] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
      if words.count > 13, words[0] != "Parameter" {
        table.append((words.dropLast(13).joined(separator: " "), words[words.count - 13], words.suffix(12).map(\.self)))
      } else if let colon = line.firstIndex(of: ":") {
        described[String(line[..<colon])] = line[line.index(after: colon)...].trimmed
      }
    }
    (self.described, self.table) = (described, table)
  }

  @Test func isRecognized() throws {
    let bytes = try #require(FileManager.default.contents(atPath: SharedData.path("exchange/test.scp")))
    #expect(SCP.recognizes([UInt8](bytes.prefix(4096))[...]))
    for other in ["exchange/anonymous_ecg.dcm", "exchange/test.des", "README.md"] {
      let bytes = try #require(FileManager.default.contents(atPath: SharedData.path(other)))
      #expect(!SCP.recognizes([UInt8](bytes.prefix(4096))[...]), "\(other)")
    }
    let file = try ECGFile(path: SharedData.path("exchange/test.scp"))
    #expect(file.format == .scp && file.stream.sampleCount == 5000)
  }

  @Test func hasThePatientAndTheDay() {
    #expect(recording.patient.age.map { "\(Int($0))" } == described["Age"])
    #expect(recording.patient.sex == (described["Sex"] == "M" ? .male : .female))
    let start = recording.start
    #expect(described["Record"] == "test (\(start.day ?? 0) January \(start.year ?? 0) \(start.clockText ?? ""))")
    #expect(start.month == 1)
  }

  @Test func hasTheStatements() {
    let reports = (0..<7).compactMap { described["Report \($0)"] }.filter { !$0.isEmpty }
    #expect(reports.count == 6)
    #expect(recording.statements == reports)
    #expect(recording.isConfirmed == false)
  }

  @Test func hasTheFilters() throws {
    let filters = recording.filters
    #expect("\(try #require(filters.highPass))-\(Int(try #require(filters.lowPass))) Hz" == described["Bandwidth"])
    #expect(filters.words.joined(separator: " ").lowercased() == described["Filtering"]?.lowercased())
    #expect(filters.notch == 60)
  }

  @Test func hasWhatElseIsPrinted() throws {
    #expect(recording.comments.contains(try #require(described["Comments"])))
    for (words, printed) in [
      ("Cart", "Cart ID"), ("Institution number", "Institution #"), ("Department", "Department"),
    ] {
      #expect(recording.comments.contains("\(words): \(described[printed] ?? "")"))
    }
    #expect(recording.device == "Burdick PLUSI")
    #expect(
      recording.warnings.map(\.description) == ["section 1, tag 27: a high-pass of 5.0 Hz, which is read as 0.05 Hz"])
  }

  @Test(
    arguments: [
      ("RR interval", .rr), ("P onset", .pOnset), ("P end", .pEnd), ("QRS onset", .qrsOnset), ("QRS end", .qrsEnd),
      ("T end", .tEnd), ("P axis", .pAxis), ("QRS axis", .qrsAxis), ("T axis", .tAxis),
    ] as [(String, StoredMeasurement.Quantity)])
  func hasTheMeasurement(name: String, quantity: StoredMeasurement.Quantity) throws {
    let found = recording.measurements.filter { $0.quantity == quantity && $0.lead == nil }
    #expect(found.map(\.value) == [Double(try #require(described[name]))])
  }

  /// Every value of the table, and no other.
  @Test func hasTheMeasurementsOfEachLead() throws {
    let quantities: [String: StoredMeasurement.Quantity] = [
      "P duration": .p, "PR interval": .pr, "QRS duration": .qrs, "QT interval": .qt, "Q duration": .qDuration,
      "R duration": .rDuration, "S duration": .sDuration, "R' duration": .rPrimeDuration,
      "S' duration": .sPrimeDuration,
      "Q amplitude": .qAmplitude, "R amplitude": .rAmplitude, "S amplitude": .sAmplitude, "J amplitude": .jAmplitude,
      "P+ amplitude": .pPositive, "P- amplitude": .pNegative, "T+ amplitude": .tPositive, "T- amplitude": .tNegative,
      "ST slope": .stSlope, "P morphology": .pMorphology, "T morphology": .tMorphology,
      "Isoelec (I)": .isoelectricOnset,
      "Isoelec (K)": .isoelectricEnd, "Intrins defl": .intrinsicoid, "Quality": .recordingQuality, "ST (J+20ms)": .st20,
      "ST (J+60ms)": .st60, "ST (J+80ms)": .st80, "ST (J+RRm/16)": .stSixteenth, "ST (J+RRm/8)": .stEighth,
    ]
    let leads = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]
    #expect(table.count == quantities.count)
    var count = 0
    for row in table {
      let quantity = try #require(quantities[row.name], "\(row.name)")
      #expect(quantity.units.replacing("µ", with: "u") == (row.units == "--" ? "" : row.units))
      for (lead, printed) in zip(leads, row.values) {
        let found = recording.measurements.filter { $0.quantity == quantity && $0.lead == lead }
        #expect(found.map(\.value) == (printed == "n/comp" ? [] : [Double(printed)]), "\(row.name) in \(lead)")
        count += found.count
      }
    }
    // The table leaves out the amplitudes of R' and S', which the file has for each lead.
    #expect(recording.measurements.filter { $0.lead != nil }.count == count + 24)
    #expect(count > 200)
  }

  /// The reference beat is that of the four complexes of type 2, from which nothing is subtracted: they show what the
  /// cart measured. In the limb leads that are not stored too, which follow from I and II.
  @Test func hasSignalsLikeTheStoredAmplitudes() throws {
    let leads = TwelveLeads(names: recording.leads.map(\.name), units: recording.leads.map(\.units))
    #expect(leads.isComplete)
    for lead in leads.leads {
      var samples = [Double](repeating: 0, count: recording.sampleCount)  // µV
      for term in lead.terms {
        for index in samples.indices {
          samples[index] += 1000 * term.weight * recording.leads[term.lead].samples[index]
        }
      }
      // Around the fiducial points of section 4, the median of the four, from the level before the QRS complex.
      let beat: [Double] = (-45..<60).map { offset in
        let four = [1618, 2066, 3427, 4341].map { samples[$0 - 1 + offset] }.sorted()
        return (four[1] + four[2]) / 2
      }
      let level = beat.prefix(8).reduce(0, +) / 8
      for (quantity, measured) in [(.rAmplitude, beat.max()), (.qAmplitude, beat.min())]
        as [(StoredMeasurement.Quantity, Double?)]
      {
        let stored = recording.measurements.filter { $0.lead == lead.name && $0.quantity == quantity }.map(\.value)
        guard let stored = stored.first, abs(stored) > 250, let measured else { continue }
        #expect(
          abs(stored - (measured - level)) < max(60, 0.15 * abs(stored)), "\(lead.name): \(stored), \(measured - level)"
        )
      }
    }
  }

  /// RR of section 7 from the signal alone: the eleven greatest bursts of slope.
  @Test func hasBeatsAtTheStoredInterval() throws {
    let count = recording.sampleCount
    var slope = [Double](repeating: 0, count: count)
    for lead in recording.leads {
      for index in 4..<count { slope[index] += abs(lead.samples[index] - lead.samples[index - 4]) }
    }
    let bursts = (0..<count).map { slope[max(0, $0 - 25)..<min(count, $0 + 26)].reduce(0, +) }
    var peaks: [Int] = []
    for index in bursts.indices.sorted(by: { bursts[$0] > bursts[$1] })
    where peaks.allSatisfy({ abs($0 - index) > 100 }) {
      peaks.append(index)
      if peaks.count == 11 { break }
    }
    let rr = Double(try #require(peaks.max()) - (try #require(peaks.min()))) / 10 * 1000 / recording.samplingFrequency
    let stored = try #require(recording.measurements.first { $0.quantity == .rr }?.value)
    #expect(abs(rr - stored) < 10, "\(rr) ms")
  }
}
