import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

@Suite struct AECGTests {
  private func read(_ text: String) throws -> StoredRecording { try AECG.read(Array(text.utf8)) }

  private func message(_ text: String) -> String {
    do {
      _ = try read(text)
      return "nothing was wrong"
    } catch { return "\(error)" }
  }

  // MARK: Files as programs write them

  /// Laid out as the implementation guide's sample of an ELI250.
  private let guide = """
    <!-- Sample -->
    <AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:voc="urn:hl7-org:v3/voc"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" type="Observation">
      <id root="61d1a24f-b47e-41aa-ae95-f8ac302f4eeb"/>
      <code code="93000" codeSystem="2.16.840.1.113883.6.12"/>
      <effectiveTime><center value="20021122091000"/></effectiveTime>
      <componentOf><timepointEvent><componentOf><subjectAssignment>
        <subject><trialSubject><id root="1.2" extension="SBJ-123"/>
          <subjectDemographicPerson>
            <name><prefix>Dr</prefix><given>Anna</given><given>Maria</given><family>Müller</family></name>
            <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>
            <birthTime value="19530508"/>
          </subjectDemographicPerson>
        </trialSubject></subject>
        <componentOf><clinicalTrial><id root="1.2" extension="T"/>
          <location><trialSite><id root="1.2"/><location><name>River City Clinic</name></location></trialSite>\
          </location>
        </clinicalTrial></componentOf>
      </subjectAssignment></componentOf></timepointEvent></componentOf>
      <controlVariable><relatedObservation>
        <code code="21612-7" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="PQ" value="49" unit="a"/>
      </relatedObservation></controlVariable>
      <pertainsTo><subjectFindingComment><text>Felt dizzy</text></subjectFindingComment></pertainsTo>
      <component><series>
        <code code="RHYTHM" codeSystem="2.16.840.1.113883.5.4"/>
        <effectiveTime><low value="20021122091000"/><high value="20021122091010"/></effectiveTime>
        <author><seriesAuthor>
          <manufacturedSeriesDevice>
            <manufacturerModelName>ELI250</manufacturerModelName><softwareName>5.3</softwareName>
          </manufacturedSeriesDevice>
          <manufacturerOrganization><name>Mortara Instrument, Inc.</name></manufacturerOrganization>
        </seriesAuthor></author>
        <controlVariable><controlVariable>
          <code code="MDC_ECG_CTL_VBL_ATTR_FILTER_LOW_PASS" codeSystem="2.16.840.1.113883.6.24"/>
          <component><controlVariable>
            <code code="MDC_ECG_CTL_VBL_ATTR_FILTER_CUTOFF_FREQ"/><value xsi:type="PQ" value="150" unit="Hz"/>
          </controlVariable></component>
        </controlVariable></controlVariable>
        <controlVariable><controlVariable>
          <code code="MDC_ECG_CTL_VBL_ATTR_FILTER_HIGH_PASS" displayName="High Pass Filter"/>
          <component><controlVariable>
            <code code="MDC_ECG_CTL_VBL_ATTR_FILTER_DESCRIPTION"/><value xsi:type="ST">FIR</value>
          </controlVariable></component>
        </controlVariable></controlVariable>
        <controlVariable><controlVariable>
          <code code="MDC_ECG_CTL_VBL_ATTR_FILTER_NOTCH"/>
          <component><controlVariable>
            <code code="MDC_ECG_CTL_VBL_ATTR_FILTER_NOTCH_FREQ"/><value xsi:type="PQ" value="60" unit="Hz"/>
          </controlVariable></component>
        </controlVariable></controlVariable>
        <component><sequenceSet>
          <component><sequence>
            <code code="TIME_ABSOLUTE" codeSystem="2.16.840.1.113883.5.4"/>
            <value xsi:type="GLIST_TS"><head value="20021122091000.250"/><increment value="0.002" unit="s"/></value>
          </sequence></component>
          <component><sequence>
            <code code="MDC_ECG_LEAD_I" codeSystem="2.16.840.1.113883.6.24"/>
            <value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/><scale value="2.5" unit="uV"/>
              <digits> -2 400
                 0 </digits></value>
          </sequence></component>
          <component><sequence>
            <code code="MDC_ECG_LEAD_AVR" codeSystem="2.16.840.1.113883.6.24"/>
            <value xsi:type="SLIST_PQ"><origin value="1" unit="mV"/><scale value="0.5" unit="uV"/>
              <digits>2 4 6</digits></value>
          </sequence></component>
        </sequenceSet></component>
        <subjectOf><annotationSet>
          <component><annotation><code code="MDC_ECG_BEAT"/>
            <component><annotation>
              <code code="MDC_ECG_TIME_PD_PR"/><value xsi:type="PQ" value="999" unit="ms"/>
            </annotation></component>
          </annotation></component>
          <component><annotation><code code="MDC_ECG_HEART_RATE"/><value xsi:type="PQ" value="67" unit="bpm"/>\
          </annotation></component>
          <component><annotation><code code="MDC_ECG_INTERPRETATION"/>
            <component><annotation><code code="MDC_ECG_INTERPRETATION_STATEMENT"/>
              <value xsi:type="ST">Sinus rhythm</value></annotation></component>
            <component><annotation><code code="MDC_ECG_INTERPRETATION_STATEMENT"/>
              <value xsi:type="ST">Left axis &lt; -30&#176;</value></annotation></component>
            <component><annotation><code code="MDC_ECG_INTERPRETATION_COMMENT"/>
              <value xsi:type="ST">UNCONFIRMED REPORT</value></annotation></component>
          </annotation></component>
        </annotationSet></subjectOf>
        <derivation><derivedSeries>
          <code code="REPRESENTATIVE_BEAT" codeSystem="2.16.840.1.113883.5.4"/>
          <component><sequenceSet>
            <component><sequence><code code="TIME_RELATIVE"/>
              <value xsi:type="GLIST_PQ"><head value="0" unit="s"/><increment value="0.002" unit="s"/></value>
            </sequence></component>
            <component><sequence><code code="MDC_ECG_LEAD_I"/>
              <value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/><scale value="1" unit="uV"/>\
              <digits>9 9</digits></value>
            </sequence></component>
          </sequenceSet></component>
          <subjectOf><annotationSet>
            <component><annotation><code code="MDC_ECG_WAVC"/><value xsi:type="CE" code="MDC_ECG_WAVC_QRSWAVE"/>
              <support><supportingROI><code code="ROIPS"/><component><boundary><code code="TIME_RELATIVE"/>
                <value xsi:type="IVL_PQ"><low value="434" unit="ms"/><high value="0.554" unit="s"/></value>
              </boundary></component></supportingROI></support></annotation></component>
            <component><annotation><code code="MDC_ECG_TIME_PD_QRS"/><value xsi:type="PQ" value="120" unit="ms"/>\
            </annotation></component>
            <component><annotation><code code="MDC_ECG_TIME_PD_QTc"/><value xsi:type="PQ" value="0" unit="ms"/>\
            </annotation></component>
            <component><annotation><code code="MDC_ECG_ANGLE_QRS_FRONT"/>\
            <value xsi:type="PQ" value="-61" unit="deg"/></annotation></component>
          </annotationSet></subjectOf>
        </derivedSeries></derivation>
      </series></component>
    </AnnotatedECG>
    """

  @Test func readsTheLayoutOfTheImplementationGuide() throws {
    let recording = try read(guide)
    #expect(recording.samplingFrequency == 500)
    #expect(
      recording.leads == [
        Lead(name: "I", units: "mV", samples: [-0.005, 1, 0]),
        Lead(name: "aVR", units: "mV", samples: [1.001, 1.002, 1.003]),
      ])
    #expect(recording.start == Header.Start(year: 2002, month: 11, day: 22, hour: 9, minute: 10, second: 0.25))
    let patient = recording.patient
    #expect(patient.id == "SBJ-123" && patient.familyName == "Müller" && patient.givenName == "Anna Maria")
    #expect(patient.sex == .female && patient.age == 49)
    #expect(patient.birth == Header.Start(year: 1953, month: 5, day: 8))
    #expect(recording.device == "Mortara Instrument, Inc. ELI250" && recording.institution == "River City Clinic")
    #expect(recording.filters.lowPass == 150 && recording.filters.highPass == nil && recording.filters.notch == 60)
    #expect(recording.filters.words == ["High Pass Filter: FIR"])
    #expect(recording.statements == ["Sinus rhythm", "Left axis < -30°"] && recording.isConfirmed == false)
    #expect(recording.comments == ["Felt dizzy"])
    #expect(
      recording.measurements == [
        StoredMeasurement(.rate, 67), StoredMeasurement(.qrsOnset, 434), StoredMeasurement(.qrsEnd, 554),
        StoredMeasurement(.qrs, 120), StoredMeasurement(.qrsAxis, -61),
      ])
    #expect(
      recording.warnings.map(\.reason) == [
        "the derived series, REPRESENTATIVE_BEAT, is no part of the recording and left out"
      ])
  }

  /// As Mindray's BeneHeart R12 fills it, with a prefix, an identifier of its own kind, and another namespace.
  @Test func readsFilesThatDepartFromTheGuide() throws {
    let recording = try read(
      """
      <?xml version="1.0" encoding="utf-8"?>
      <h:AnnotatedECG xmlns:h="urn:hl7-org:v2"><h:effectiveTime><h:low value="2025-09-23T10:35:50"/></h:effectiveTime>
      <h:componentOf><h:timepointEvent><h:componentOf><h:subjectAssignment><h:subject><h:trialSubject>
      <h:subjectDemographicPerson><h:name> JMK </h:name><h:administrativeGenderCode code="UN"/><h:birthTime value=""/>
      <h:PatientID>25060897140</h:PatientID></h:subjectDemographicPerson>
      </h:trialSubject></h:subject></h:subjectAssignment></h:componentOf></h:timepointEvent></h:componentOf>
      <h:component><h:series><h:component><h:sequenceSet>
      <h:component><h:sequence><h:code code="MDC_ECG_LEAD_V1"/><h:value><h:digits>1 2 3</h:digits>\
      <h:scale value="1" unit="mV"/></h:value></h:sequence></h:component>
      <h:component><h:sequence><h:code code="TIME_RELATIVE"/><h:value><h:increment value="10" unit="ms"/></h:value>\
      </h:sequence></h:component>
      <h:component><h:sequence><h:code code="RESP" displayName="Breath"/><h:value><h:scale value="2" unit="Ohm"/>\
      <h:digits>1 2</h:digits></h:value></h:sequence></h:component>
      </h:sequenceSet></h:component></h:series></h:component></h:AnnotatedECG>
      """)
    #expect(recording.samplingFrequency == 100)
    #expect(recording.leads.map(\.name) == ["V1", "Breath"] && recording.leads.map(\.units) == ["mV", "Ohm"])
    #expect(recording.leads[0].samples == [1, 2, 3])
    #expect(recording.leads[1].samples.prefix(2) == [2, 4] && recording.leads[1].samples[2].isNaN)
    #expect(recording.patient.id == "25060897140" && recording.patient.name == "JMK" && recording.patient.sex == nil)
    #expect(recording.start == Header.Start(year: 2025, month: 9, day: 23, hour: 10, minute: 35, second: 50))
    #expect(
      recording.warnings.map(\.description) == [
        "line 2, element 'AnnotatedECG': the namespace is not 'urn:hl7-org:v3'",
        "line 10, element 'scale': the unit 'Ohm' is no voltage",
        "line 10, element 'sequence': Breath ends 1 samples before the longest lead",
      ])
  }

  private func sequenceSet(_ head: String, _ leads: [String: String], increment: String = "value='4' unit='ms'")
    -> String
  {
    let isAbsolute = !head.contains("unit")
    let time =
      "<code code='TIME_\(isAbsolute ? "ABSOLUTE" : "RELATIVE")'/>"
      + "<value><head \(head)/><increment \(increment)/></value>"
    let sequences = leads.sorted { $0.key < $1.key }.map { name, digits in
      "<code code='MDC_ECG_LEAD_\(name)'/><value><origin value='0' unit='V'/><scale value='1' unit='nV'/>"
        + "<digits>\(digits)</digits></value>"
    }
    return "<component><sequenceSet>"
      + ([time] + sequences).map { "<component><sequence>\($0)</sequence></component>" }.joined()
      + "</sequenceSet></component>\n"
  }

  private func document(_ sets: String...) -> String {
    "<AnnotatedECG xmlns='urn:hl7-org:v3'>\n<component><series><code code='RHYTHM'/>\n\(sets.joined())"
      + "</series></component></AnnotatedECG>"
  }

  /// Three leads at a time, and a lead that goes on.
  @Test func putsSequenceSetsOnOneClock() throws {
    let recording = try read(
      document(
        sequenceSet("value='20200229235959.992'", ["I": "1000000 2000000", "II": "1 2"]),
        sequenceSet("value='20200301000000.000'", ["I": "3000000 4000000", "V1": "1 2"])))
    #expect(recording.samplingFrequency == 250 && recording.leads.map(\.name) == ["I", "II", "V1"])
    #expect(recording.leads[0].samples == [1, 2, 3, 4])
    #expect(recording.leads[1].samples.map(\.isNaN) == [false, false, true, true])
    #expect(recording.leads[2].samples.map(\.isNaN) == [true, true, false, false])
    #expect(recording.start.day == 29 && recording.start.second == 59.992 && recording.warnings.isEmpty)
  }

  @Test func leavesOutSequenceSetsThatDoNotFit() throws {
    let first = sequenceSet("value='0' unit='s'", ["I": "1 2 3 4"])
    let recording = try read(
      document(
        first, sequenceSet("value='20200301'", ["II": "1 2 3 4"]),
        sequenceSet("value='0' unit='s'", ["III": "1 2 3 4"], increment: "value='2' unit='ms'"),
        sequenceSet("value='9e9' unit='s'", ["V1": "1 2 3 4"]), sequenceSet("value='8' unit='ms'", ["I": "5 6"])))
    #expect(recording.leads.map(\.name) == ["I"] && recording.sampleCount == 4)
    #expect(
      recording.warnings.map(\.description) == [
        "line 4, element 'sequenceSet': the sequence set is left out: its time is of another kind than the first's",
        "line 5, element 'sequenceSet': the sequence set is left out: its increment is 0.002 s, the first's 0.004 s",
        "line 6, element 'sequenceSet': the sequence set is left out: it lies too far from those before it",
        "line 7, element 'sequenceSet': I is left out: a set before it has the lead at the same time",
      ])
  }

  @Test func prefersAPersonsReadingToTheDevices() throws {
    func set(_ author: String, _ statement: String) -> String {
      "<subjectOf><annotationSet>\(author)<component><annotation><code code='MDC_ECG_INTERPRETATION_STATEMENT'/>"
        + "<value>\(statement)</value></annotation></component></annotationSet></subjectOf>"
    }
    let person =
      "<author><assignedEntity><assignedAuthorType><assignedPerson/></assignedAuthorType></assignedEntity></author>"
    let leads = sequenceSet("value='0' unit='s'", ["I": "1"])
    let read = try read(document(leads, set("", "machine"), set(person, "reader"), set("", "machine too")))
    #expect(read.statements == ["reader"])
    #expect(read.warnings.map(\.reason) == ["2 statements are left out: a person has read the recording"])
    #expect(try self.read(document(leads, set("", "machine"))).statements == ["machine"])
  }

  @Test(arguments: [
    ("<x/>", "line 1, element 'x': the root element is 'x'; expected 'AnnotatedECG'"),
    ("<AnnotatedECG/>", "line 1, element 'AnnotatedECG': no series; expected a component with a series of code RHYTHM"),
    (
      "<AnnotatedECG>\n<component><series/></component></AnnotatedECG>",
      "line 2, element 'series': no leads; expected a sequence set with sequences of leads"
    ),
    (
      "<AnnotatedECG><component><series><component>\n<sequenceSet/></component></series></component></AnnotatedECG>",
      "line 2, element 'sequenceSet': no sequence of times; expected one of code TIME_ABSOLUTE or TIME_RELATIVE"
    ),
  ])
  func saysWhatIsMissing(text: String, expected: String) { #expect(message(text) == expected) }

  @Test(arguments: [
    (
      "value='4' unit='ms'", "value='0' unit='s'",
      "line 3, element 'increment': an increment of 0.0 s; expected the time between samples, 1 µs to 1 hour"
    ),
    ("value='4' unit='ms'", "value='4'", "line 3, element 'increment': the unit is ''; expected s, ms, us or ns"),
    ("value='4' unit='ms'", "unit='s'", "line 3, element 'increment': ''; expected a number"),
    (
      "value='1' unit='nV'", "unit='uV'",
      "line 3, element 'value': no scale; expected a scale with value and unit before the digits"
    ),
    ("unit='V'", "unit='K'", "line 3, element 'origin': the origin is in 'K', the scale in 'nV'; expected one unit"),
    ("1 2", "1 two", "line 3: 'two' in 'digits'; expected numbers with blanks between"),
  ])
  func saysWhichElementIsWrong(right: String, wrong: String, expected: String) {
    let text = document(sequenceSet("value='0' unit='s'", ["I": "1 2"]))
    #expect(message(text) == "nothing was wrong" && text.contains(right))
    #expect(message(text.replacing(right, with: wrong)) == expected)
  }

  // MARK: Written files

  /// All that a recording can have, with characters that XML must escape.
  private func full() -> StoredRecording {
    var recording = StoredRecording(
      samplingFrequency: 360,
      leads: [
        Lead(name: "aVR", units: "mV", samples: [0.005, -1.2345, .nan, 3]),
        Lead(name: "-aVR", units: "uV", samples: [5, -4.88 * 7, 4.88, 0]),
        Lead(name: "V3R", units: "V", samples: [0.001, 0, 0, 0]),
        Lead(name: "Atem \"<1>\"", units: "Ohm", samples: [1, 2, 3, 4]),
      ])
    recording.patient.id = "12 & 3"
    (recording.patient.familyName, recording.patient.givenName) = ("O'Brien <b>", "Zoë")
    (recording.patient.sex, recording.patient.age) = (.male, 61.5)
    recording.patient.birth = Header.Start(year: 1959, month: 2, day: 28)
    recording.start = Header.Start(year: 2020, month: 12, day: 31, hour: 23, minute: 59, second: 59.999)
    (recording.device, recording.institution) = ("Acme 1", "Ward 7")
    recording.statements = ["Sinus rhythm", "A > B\nsecond line", "tab\there"]
    recording.isConfirmed = true
    recording.measurements = [
      StoredMeasurement(.rate, 61), StoredMeasurement(.qtcBazett, 431.5), StoredMeasurement(.pAxis, -12),
      StoredMeasurement(.qrs, lead: "V3R", 92),
    ]
    (recording.filters.highPass, recording.filters.lowPass, recording.filters.notch) = (0.05, 150, 50)
    recording.comments = ["first", "second"]
    return recording
  }

  @Test func keepsAllThatARecordingHas() throws {
    let recording = full()
    let written = try AECG.write(recording, name: "r")
    #expect(written.files.map(\.name) == ["r.xml"])
    #expect(
      written.losses == [
        "lead aVR: 1 missing samples are the pad value -32768, which not every reader knows"
      ])
    var again = try AECG.read(Array(written.files[0].content))
    #expect(again.leads.map(\.name) == ["aVR", "-aVR", "V3R", "Atem \"<1>\""])
    #expect(again.leads.map(\.units) == ["mV", "mV", "mV", "Ohm"])
    for (lead, other) in zip(again.leads, recording.leads) {
      let factor = millivolts(per: other.units) ?? 1
      for (value, expected) in zip(lead.samples, other.samples) {
        #expect(value.isNaN && expected.isNaN || abs(value - expected * factor) < 1e-12)
      }
    }
    again.leads = recording.leads
    #expect(again.comments == recording.comments && again.statements == recording.statements)
    #expect(again.warnings.map(\.reason) == ["the unit 'Ohm' is no voltage"])
    again.warnings = []
    // One sample is missing, and no two of those are equal.
    for index in again.leads.indices { again.leads[index].samples = [] }
    var expected = recording
    for index in expected.leads.indices { expected.leads[index].samples = [] }
    #expect(again == expected)
  }

  @Test func writesWhatTheSchemaRequiresInItsOrder() throws {
    for recording in [
      full(), StoredRecording(samplingFrequency: 100, leads: [Lead(name: "I", units: "mV", samples: [1])]),
    ] {
      let tree = try XMLTree(Array(AECG.write(recording, name: "r").files[0].content), numbersIn: ["digits"])
      #expect(AECGSchema.faults(in: tree.root).isEmpty)
      #expect(tree.root["xmlns"] == AECG.namespace)
      let sets = tree.root.first("component", "series", "component", "sequenceSet")
      let codes = try #require(sets).all("component").compactMap { $0.first("sequence", "code") }
      #expect(codes.first?["codeSystem"] == "2.16.840.1.113883.5.4")
      #expect(codes.dropFirst().first?["codeSystem"] == "2.16.840.1.113883.6.24")
    }
    // The check itself finds what is wrong.
    let wrong = try XMLTree(Array("<AnnotatedECG><code/><id/></AnnotatedECG>".utf8)).root
    #expect(AECGSchema.faults(in: wrong).contains("line 1, element 'AnnotatedECG': 0 of 'id'"))
  }

  @Test func writesTheSameBytesEachTimeAndAnIdentifierForEachContent() throws {
    func id(_ recording: StoredRecording) throws -> String? {
      try XMLTree(Array(AECG.write(recording, name: "r").files[0].content)).root.first("id")?["root"]
    }
    var other = full()
    other.leads[0].samples[0] += 0.0005
    #expect(try AECG.write(full(), name: "a").files[0].content == AECG.write(full(), name: "b").files[0].content)
    #expect(try id(full()) != id(other))
    let first = try #require(try id(full()))
    #expect(UUID(uuidString: first) != nil && first == first.lowercased())
  }

  @Test func saysWhatItCannotKeep() throws {
    var recording = StoredRecording(
      samplingFrequency: 100, leads: [Lead(name: "I", units: "mV", samples: [1e5, 2.0.squareRoot()])])
    recording.start = Header.Start(hour: 3, minute: 4)
    recording.filters.words = ["FIR"]
    recording.measurements = [StoredMeasurement(.tEnd, 400)]
    #expect(
      try AECG.write(recording, name: "r").losses == [
        "lead I: values are rounded to 5e-05 mV, by 1.4e-05 mV at most",
        "the time of day is left out: without a date it cannot be written", "the filters' wording is left out: FIR",
        "left out, because they belong to a representative beat: t.end",
      ])
    #expect(throws: FormatError.self) { try AECG.write(StoredRecording(samplingFrequency: 0, leads: []), name: "r") }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
  func readsBackEveryRecordOfMiniAsItWas() throws {
    let folder = SharedData.path("mini")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".hea") }.sorted()
    #expect(paths.count == 120)
    for path in paths {
      let record = try Record(path: folder + "/" + path.dropLast(4))
      let recording = StoredRecording(samplingFrequency: record.samplingFrequency, leads: record.leads)
      let written = try AECG.write(recording, name: "r")
      #expect(written.losses.isEmpty)
      let again = try AECG.read(Array(written.files[0].content))
      #expect(again.samplingFrequency == record.samplingFrequency && again.warnings.isEmpty)
      #expect(again.leads.map(\.samples) == record.leads.map(\.samples), "\(path)")
      #expect(zip(again.leads, record.leads).allSatisfy { LeadName.areSame($0.name, $1.name) })
    }
  }

  // MARK: Hostile files

  @Test func survivesBrokenFiles() throws {
    let start = ContinuousClock.now
    let sets = document(sequenceSet("value='2020'", ["I": "1 2"]), sequenceSet("value='20200101'", ["I": "3 4"]))
    var generator = SeededGenerator(seed: 7)
    for original in [Array(guide.utf8), Array(sets.utf8)] {
      for count in 0..<original.count {
        #expect(throws: FormatError.self) { try AECG.read(Array(original.prefix(count))) }
      }
      for _ in 0..<2000 { _ = try? AECG.read(original.broken(of: "0123456789eE+-.<>/'\" ", using: &generator)) }
    }
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  /// Many small elements must not take time that grows with their square, nor memory that they do not fill.
  @Test(arguments: ["sets", "leads", "annotations", "far apart"]) func readsManyElementsInLinearTime(kind: String) {
    let start = ContinuousClock.now
    let set = sequenceSet("value='0' unit='s'", ["I": "1"])
    let text =
      switch kind {
      case "sets": document(String(repeating: set, count: 20_000))
      case "leads":
        document(
          sequenceSet("value='0' unit='s'", Dictionary(uniqueKeysWithValues: (0..<40_000).map { ("x\($0)", "1") })))
      case "annotations":
        document(
          set, "<subjectOf><annotationSet>",
          (0..<40_000).map {
            "<component><annotation><code code='MDC_ECG_TIME_PD_PR'/><value value='1' unit='ms'/>"
              + "<support><supportingROI><component><boundary><code code='X_ECG_LEAD_\($0)'/></boundary></component>"
              + "</supportingROI></support></annotation></component>"
          }.joined(), "</annotationSet></subjectOf>")
      default:
        document(
          set, sequenceSet("value='1e15' unit='s'", ["II": "1"]), sequenceSet("value='-1e300' unit='s'", ["III": "1"]))
      }
    _ = message(text)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func opensAsAFile() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/r.xml"
      try AECG.write(full(), name: "r").files[0].content.write(to: URL(filePath: path))
      let file = try ECGFile(path: path)
      #expect(file.format == .aecg && file.stream.sampleCount == 4 && file.stream.samplingFrequency == 360)
      #expect(try file.stream.read(0..<2).first?.samples == [0.005, -1.2345])
      try Data("<AnnotatedECG/>".utf8).write(to: URL(filePath: path))
      #expect(throws: FormatError.self) { try ECGFile(path: path) }
    }
  }

  @Test func recognizesItsFilesByTheirRoot() {
    #expect(ECGFile.format(ofContent: Array(guide.utf8.prefix(4096))[...]) == .aecg)
    #expect(!AECG.recognizes(Array("<RestingECG>".utf8)[...]) && !AECG.recognizes([]) && !AECG.recognizes([0x3C]))
  }
}
