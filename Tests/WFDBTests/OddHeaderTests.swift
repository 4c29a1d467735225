import Foundation
import TestSupport
import Testing
import WFDB

/// Headers as some databases write them, though header(5) has it otherwise.
struct OddHeaderTests {
  typealias Start = Header.Start

  @Test(arguments: [
    ("19:46:25.757 26/10/1994", Start(year: 1994, month: 10, day: 26, hour: 19, minute: 46, second: 25.757), []),
    ("8:26:04", Start(hour: 8, minute: 26, second: 4), []),
    (
      "05-May-2020 09:49:17", Start(year: 2020, month: 5, day: 5, hour: 9, minute: 49, second: 17),
      ["line 2: the date is '05-May-2020'; expected DD/MM/YYYY; read as 05/05/2020"]
    ),
    (
      "09:49:17 7 september 1999", Start(year: 1999, month: 9, day: 7, hour: 9, minute: 49, second: 17),
      ["line 2: the date is '7 september 1999'; expected DD/MM/YYYY; read as 07/09/1999"]
    ),
    (
      "2020-02-29", Start(year: 2020, month: 2, day: 29),
      ["line 2: the date is '2020-02-29'; expected DD/MM/YYYY; read as 29/02/2020"]
    ),
    (
      "29/02/2021", Start(),
      ["line 2: the date is '29/02/2021'; expected DD/MM/YYYY; it is not understood"]
    ),
    ("1990", Start(year: 1990), ["line 2: the date is '1990', a year alone; expected DD/MM/YYYY"]),
    (
      "12:00:00 1990", Start(year: 1990, hour: 12, minute: 0, second: 0),
      ["line 2: the date is '1990', a year alone; expected DD/MM/YYYY"]
    ),
    (
      "26/10/1994 10:00:00", Start(year: 1994, month: 10, day: 26, hour: 10, minute: 0, second: 0),
      ["line 2: the date '26/10/1994' stands before the time; expected TIME DATE"]
    ),
    ("11:39", Start(), ["line 2: the time is '11:39'; expected HH:MM:SS; it is not understood"]),
    (
      "25:00:00 soon", Start(),
      [
        "line 2: the time is '25:00:00'; expected HH:MM:SS; it is not understood",
        "line 2: the date is 'soon'; expected DD/MM/YYYY; it is not understood",
      ]
    ),
  ])
  func readsWhenARecordBegins(text: String, start: Start, warnings: [String]) throws {
    let header = try Header(parsing: "# a comment\nr 0 500 7500 \(text)\n")
    #expect(header.start == start)
    #expect(header.warnings.map(\.description) == warnings)
    #expect(header.sampleCount == 7500)
  }

  @Test(arguments: ["10:00:00 01/02/2003", "01/02/2003", "05-May-2020 09:49:17"])
  func takesATimeOrDateInPlaceOfALength(text: String) throws {
    let header = try Header(parsing: "r 0 500 \(text)\n")
    #expect(header.sampleCount == nil && header.start.year != nil)
  }

  @Test func readsARecordWithASlashInItsName() throws {
    for (title, name) in [
      ("records100/00001", "records100/00001"), ("patient/a/b", "patient/a/b"), ("p/1_lr", "p/1_lr"),
    ] {
      let header = try Header(parsing: "\(title) 1 100 2\nr.dat 16\n")
      #expect(header.name == name && header.segmentCount == nil)
      #expect(
        header.warnings.map(\.description) == [
          "line 1: the record's name '\(name)' has a slash; expected a name without one"
        ])
    }
    let segmented = try Header(parsing: "a/b/2 1 100 2\ns 1\ns 1\n")
    #expect(segmented.name == "a/b" && segmented.segmentCount == 2 && segmented.warnings.count == 1)
    #expect(throws: HeaderError.self) { try Header(parsing: "a/x 2 100 2\nr.dat 16\n") }
  }

  /// As a data set's own folders have it, or with all files copied into one.
  @Test(arguments: ["", "lower/deep/"]) func findsAFileNamedWithItsFolder(folder name: String) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
      try Data([1, 0, 2, 0]).write(to: URL(filePath: folder + "/" + name + "r.dat"))
      try Data("r 1 100 2\nlower/deep/r.dat 16 1\n".utf8).write(to: URL(filePath: folder + "/r.hea"))
      let record = try Record(path: folder + "/r")
      #expect(record.leads[0].samples == [1, 2])
      #expect(
        record.warnings.map(\.description) == [
          "line 2: the file name 'lower/deep/r.dat' has a folder; it is looked for there, else beside the header"
        ])
      #expect(try Record.files(path: folder + "/r").last == folder + "/" + name + "r.dat")
    }
  }

  @Test(arguments: ["../r.dat", "a/../../r.dat", "/r.dat", "a//r.dat", "./r.dat", "a\\r.dat", "a/", ".."])
  func staysBelowTheHeadersFolder(name: String) throws {
    try withTemporaryFolder { folder in
      for header in ["r 1 100 2\n\(name) 16 1\n", "r/1 1 100 2\n\(name) 2\n"] {
        try Data(header.utf8).write(to: URL(filePath: folder + "/r.hea"))
        #expect { try Record(path: folder + "/r") } throws: {
          "\($0)".contains("line 2: the file name '\(name)' leaves")
        }
      }
    }
  }

  /// Every file that a header of several segments needs, and none can be read: the first reason is given.
  @Test func refusesSegmentsOfWhichNoneIsThere() throws {
    try withTemporaryFolder { folder in
      try Data("r/2 1 100 4\na 2\nb 2\n".utf8).write(to: URL(filePath: folder + "/r.hea"))
      #expect { try Record(path: folder + "/r") } throws: {
        "\($0)" == "\(folder)/r.hea: line 2: none of the segments can be read"
      }
    }
  }
}
