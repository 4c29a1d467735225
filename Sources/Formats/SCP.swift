import Foundation
import WFDB

/// An SCP-ECG record: sections, of which the first says where the others are.
///
/// ```
/// checksum, length of the record
/// section 0   where the others are        section 6   the leads, or what is left of them after the reference beat
/// section 1   patient and recording       section 7   measurements of all leads
/// section 2   Huffman tables              section 8   the reading as text
/// section 3   the leads' names            section 10  measurements lead by lead
/// section 4   QRS complexes               section 11  the reading as universal statement codes
/// section 5   the reference beat
/// ```
/// Sections 2 to 6 are the signal: what is wrong in them is an error. What is wrong in another costs what it says, and
/// is a warning, as wrong checksums are. Section 9 is its maker's own and is not read; nor are those beyond 11,
/// long-term recordings among them, which version 3.0 added. Where versions differ, the file's counts.
///
/// Sources: EN 1064:2005+A1:2007 and ISO 11073-91064:2009 (versions 1.3 to 2.x), EN 1064:2020 (version 3.0); the
/// OpenECG tutorials "How to implement SCP". Layouts were held against open readers, which agree on them: ECG Toolkit,
/// PixelMed's, BioSig, ECGDataKit. Files of version 1.0 are read as those were found to be.
public enum SCP: FormatReader {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool {
    var reader = ByteReader(beginning, place: "beginning")
    guard (try? reader.skip(8, "checksums and length")) != nil, let id = try? reader.uint16("section"), id == 0,
      let length = try? reader.uint32("length"), length >= 26, length < 1 << 20, length % 10 == 6,
      (try? reader.skip(2, "versions")) != nil, let reserved = try? reader.take(6, "reserved bytes"),
      let first = try? reader.uint16("section"), let firstLength = try? reader.uint32("length"),
      let index = try? reader.uint32("index")
    else { return false }
    return reserved.elementsEqual("SCPECG".utf8) || (first == 0 && firstLength == length && index == 7)
  }

  public static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    let sections = try Sections(bytes)
    var warnings = sections.warnings
    func attempt<Value>(_ body: () throws(FormatError) -> Value?) -> Value? {
      do throws(FormatError) { return try body() } catch {
        warnings.append(FormatWarning(error.place, "\(error.found); expected \(error.expected)"))
        return nil
      }
    }
    func reader(_ id: Int) -> ByteReader? { attempt { () throws(FormatError) in try sections.reader(id) } }

    var header = reader(1).map { Header(reading: $0) } ?? Header()
    let version = sections.version ?? header.version
    let signals = try Signals(sections, version: version)
    warnings += signals.warnings

    var recording = StoredRecording(samplingFrequency: signals.samplingFrequency, leads: signals.leads)
    header.tell(&recording)
    warnings += header.warnings
    if var section = reader(7) {
      var found = GlobalMeasurements()
      _ = attempt { () throws(FormatError) in
        try found.read(&section, version: version, complexes: signals.complexCount)
      }
      recording.measurements += found.measurements
      recording.comments += found.comments
    }
    if var section = reader(10) {
      _ = attempt { () throws(FormatError) in try readLeadMeasurements(&section, into: &recording.measurements) }
    }
    var text = Statements()
    var codes = Statements()
    if var section = reader(8) {
      _ = attempt { () throws(FormatError) in try text.read(&section, encoding: header.encoding, areCoded: false) }
    }
    if var section = reader(11) {
      _ = attempt { () throws(FormatError) in try codes.read(&section, encoding: header.encoding, areCoded: true) }
    }
    recording.statements = text.statements.isEmpty ? codes.statements : text.statements
    recording.isConfirmed = text.statements.isEmpty ? codes.isConfirmed : text.isConfirmed
    if !text.statements.isEmpty, !codes.statements.isEmpty {
      recording.comments.append("Universal statement codes: \(codes.statements.joined(separator: ", "))")
    }
    recording.warnings = warnings
    return recording
  }
}
