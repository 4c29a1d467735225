@testable import Formats

/// The elements of an annotated ECG as HL7's schema has them: which, in which order, how often.
///
/// Source: `PORT_MT020001.xsd` of ANSI/HL7 V3 ECG, R1-2004 (December 2003), its complex types one a line; data types
/// (`id`, `code`, `effectiveTime`, …) are not looked into. What an element may hold can depend on what holds it: then
/// both names stand before the colon. `?` is none or one, `*` any number, `+` one or more.
enum AECGSchema {
  private static let grammar = """
    AnnotatedECG: id code text? effectiveTime confidentialityCode? reasonCode? componentOf definition? location? \
    controlVariable* pertainsTo* component*
    AnnotatedECG/componentOf: timepointEvent
    timepointEvent: code? effectiveTime? reasonCode* performer? componentOf
    timepointEvent/componentOf: subjectAssignment
    subjectAssignment: subject definition? componentOf
    subject: trialSubject
    trialSubject: id code? subjectDemographicPerson?
    subjectDemographicPerson: name? administrativeGenderCode? birthTime? raceCode?
    subjectAssignment/componentOf: clinicalTrial
    clinicalTrial: id title? activityTime? componentOf? author? location* responsibleParty*
    AnnotatedECG/location: testingSite
    testingSite: id? location?
    testingSite/location: name? addr?
    AnnotatedECG/controlVariable: relatedObservation
    relatedObservation: code? text? value? author*
    pertainsTo: subjectFindingComment
    subjectFindingComment: code? text? value? author*
    AnnotatedECG/component: series
    series: id? code effectiveTime author? secondaryPerformer* support? controlVariable* component+ subjectOf* \
    derivation*
    series/author: seriesAuthor
    seriesAuthor: id? manufacturedSeriesDevice manufacturerOrganization?
    manufacturedSeriesDevice: id* code? manufacturerModelName? softwareName?
    series/controlVariable: controlVariable
    sequence/controlVariable: controlVariable
    controlVariable/controlVariable: code value? component*
    controlVariable/component: controlVariable
    component/controlVariable: code value? component*
    series/component: sequenceSet
    sequenceSet: controlVariable* component+
    sequenceSet/component: sequence
    sequence: code value controlVariable*
    subjectOf: annotationSet
    annotationSet: code? activityTime? methodCode* author* controlVariable* component*
    annotationSet/component: annotation
    annotation: code text? value? support? component*
    annotation/component: sequenceNumber? annotation
    support: supportingROI
    supportingROI: code component+
    supportingROI/component: boundary
    boundary: code value?
    """

  private static let rules: [String: [(name: Substring, range: ClosedRange<Int>)]] = {
    var rules: [String: [(Substring, ClosedRange<Int>)]] = [:]
    for line in grammar.split(separator: "\n") {
      let parts = line.split(separator: ":")
      rules[String(parts[0])] = parts[1].split(separator: " ").map { item in
        switch item.last {
        case "?": (item.dropLast(), 0...1)
        case "*": (item.dropLast(), 0...Int.max)
        case "+": (item.dropLast(), 1...Int.max)
        default: (item, 1...1)
        }
      }
    }
    return rules
  }()

  /// What of the document is not as the schema has it.
  static func faults(in element: XMLTree.Element, of parent: String? = nil) -> [String] {
    guard let rule = parent.flatMap({ rules["\($0)/\(element.name)"] }) ?? rules[element.name] else { return [] }
    var rest = element.children[...]
    var faults: [String] = []
    for (name, range) in rule {
      let count = rest.prefix { $0.name == name }.count
      if !range.contains(count) { faults.append("\(element.place): \(count) of '\(name)'") }
      rest = rest.dropFirst(count)
    }
    if let first = rest.first { faults.append("\(first.place): not here in '\(element.name)'") }
    return faults + element.children.flatMap { Self.faults(in: $0, of: element.name) }
  }
}
