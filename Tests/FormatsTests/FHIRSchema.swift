import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What FHIR R4 (4.0.1) lets the resources and datatypes have that a report is made of: a compact copy, by hand, of the
/// specification's definitions. Every element of theirs stands here, with its cardinality, its types and, where its
/// binding is required, its codes. A type that has no block here is not used, and refused where it turns up.
///
/// `Name: Base` begins a block; `Name.element` is the type of an element that has elements itself (`@` in its line).
/// `value[x]` is one of several elements, a type each: `valueQuantity`, `valueString` …
/// Source: HL7 FHIR Release 4 (v4.0.1), hl7.org/fhir/R4: the pages named like the blocks.
enum FHIRSchema {
  static let text = """
    Element:
      id 0..1 string
      extension 0..* Extension
    BackboneElement: Element
      modifierExtension 0..* Extension
    Resource:
      id 0..1 id
      meta 0..1 Meta
      implicitRules 0..1 uri
      language 0..1 code
    DomainResource: Resource
      text 0..1 Narrative
      contained 0..* Resource
      extension 0..* Extension
      modifierExtension 0..* Extension
    Extension: Element
      url 1..1 uri
      value[x] 0..1 code string boolean integer decimal uri dateTime date instant CodeableConcept Coding Quantity \
        Reference Identifier Period
    Meta: Element
      versionId 0..1 id
      lastUpdated 0..1 instant
      source 0..1 uri
      profile 0..* canonical
      security 0..* Coding
      tag 0..* Coding
    Narrative: Element
      status 1..1 code = generated extensions additional empty
      div 1..1 xhtml
    Identifier: Element
      use 0..1 code = usual official temp secondary old
      type 0..1 CodeableConcept
      system 0..1 uri
      value 0..1 string
      period 0..1 Period
      assigner 0..1 Reference
    HumanName: Element
      use 0..1 code = usual official temp nickname anonymous old maiden
      text 0..1 string
      family 0..1 string
      given 0..* string
      prefix 0..* string
      suffix 0..* string
      period 0..1 Period
    CodeableConcept: Element
      coding 0..* Coding
      text 0..1 string
    Coding: Element
      system 0..1 uri
      version 0..1 string
      code 0..1 code
      display 0..1 string
      userSelected 0..1 boolean
    Quantity: Element
      value 0..1 decimal
      comparator 0..1 code = < <= >= >
      unit 0..1 string
      system 0..1 uri
      code 0..1 code
    Reference: Element
      reference 0..1 string
      type 0..1 uri
      identifier 0..1 Identifier
      display 0..1 string
    Attachment: Element
      contentType 0..1 code
      language 0..1 code
      data 0..1 base64Binary
      url 0..1 url
      size 0..1 unsignedInt
      hash 0..1 base64Binary
      title 0..1 string
      creation 0..1 dateTime
    Bundle: Resource
      identifier 0..1 Identifier
      type 1..1 code = document message transaction transaction-response batch batch-response history searchset \
        collection
      timestamp 0..1 instant
      total 0..1 unsignedInt
      link 0..* @
      entry 0..* @
      signature 0..1 Signature
    Bundle.link: BackboneElement
      relation 1..1 string
      url 1..1 uri
    Bundle.entry: BackboneElement
      link 0..* Bundle.link
      fullUrl 0..1 uri
      resource 0..1 Resource
      search 0..1 Unused
      request 0..1 Unused
      response 0..1 Unused
    DiagnosticReport: DomainResource
      identifier 0..* Identifier
      basedOn 0..* Reference
      status 1..1 code = registered partial preliminary final amended corrected appended cancelled entered-in-error \
        unknown
      category 0..* CodeableConcept
      code 1..1 CodeableConcept
      subject 0..1 Reference
      encounter 0..1 Reference
      effective[x] 0..1 dateTime Period
      issued 0..1 instant
      performer 0..* Reference
      resultsInterpreter 0..* Reference
      specimen 0..* Reference
      result 0..* Reference
      imagingStudy 0..* Reference
      media 0..* @
      conclusion 0..1 string
      conclusionCode 0..* CodeableConcept
      presentedForm 0..* Attachment
    DiagnosticReport.media: BackboneElement
      comment 0..1 string
      link 1..1 Reference
    Patient: DomainResource
      identifier 0..* Identifier
      active 0..1 boolean
      name 0..* HumanName
      telecom 0..* ContactPoint
      gender 0..1 code = male female other unknown
      birthDate 0..1 date
      deceased[x] 0..1 boolean dateTime
      address 0..* Address
      maritalStatus 0..1 CodeableConcept
      multipleBirth[x] 0..1 boolean integer
      photo 0..* Attachment
      contact 0..* Unused
      communication 0..* Unused
      generalPractitioner 0..* Reference
      managingOrganization 0..1 Reference
      link 0..* Unused
    Device: DomainResource
      identifier 0..* Identifier
      definition 0..1 Reference
      udiCarrier 0..* Unused
      status 0..1 code = active inactive entered-in-error unknown
      statusReason 0..* CodeableConcept
      distinctIdentifier 0..1 string
      manufacturer 0..1 string
      manufactureDate 0..1 dateTime
      expirationDate 0..1 dateTime
      lotNumber 0..1 string
      serialNumber 0..1 string
      deviceName 0..* @
      modelNumber 0..1 string
      partNumber 0..1 string
      type 0..1 CodeableConcept
      specialization 0..* Unused
      version 0..* @
      property 0..* Unused
      patient 0..1 Reference
      owner 0..1 Reference
      contact 0..* ContactPoint
      location 0..1 Reference
      url 0..1 uri
      note 0..* Annotation
      safety 0..* CodeableConcept
      parent 0..1 Reference
    Device.deviceName: BackboneElement
      name 1..1 string
      type 1..1 code = udi-label-name user-friendly-name patient-reported-name manufacturer-name model-name other
    Device.version: BackboneElement
      type 0..1 CodeableConcept
      component 0..1 Identifier
      value 1..1 string
    Observation: DomainResource
      identifier 0..* Identifier
      basedOn 0..* Reference
      partOf 0..* Reference
      status 1..1 code = registered preliminary final amended corrected cancelled entered-in-error unknown
      category 0..* CodeableConcept
      code 1..1 CodeableConcept
      subject 0..1 Reference
      focus 0..* Reference
      encounter 0..1 Reference
      effective[x] 0..1 dateTime Period Timing instant
      issued 0..1 instant
      performer 0..* Reference
      value[x] 0..1 Quantity CodeableConcept string boolean integer Range Ratio SampledData time dateTime Period
      dataAbsentReason 0..1 CodeableConcept
      interpretation 0..* CodeableConcept
      note 0..* Annotation
      bodySite 0..1 CodeableConcept
      method 0..1 CodeableConcept
      specimen 0..1 Reference
      device 0..1 Reference
      referenceRange 0..* @
      hasMember 0..* Reference
      derivedFrom 0..* Reference
      component 0..* @
    Observation.referenceRange: BackboneElement
      low 0..1 Quantity
      high 0..1 Quantity
      type 0..1 CodeableConcept
      appliesTo 0..* CodeableConcept
      age 0..1 Range
      text 0..1 string
    Observation.component: BackboneElement
      code 1..1 CodeableConcept
      value[x] 0..1 Quantity CodeableConcept string boolean integer Range Ratio SampledData time dateTime Period
      dataAbsentReason 0..1 CodeableConcept
      interpretation 0..* CodeableConcept
      referenceRange 0..* Observation.referenceRange
    """

  /// The primitive types, with what their texts must match ("Data Types", R4).
  static let primitives: [String: String] = [
    "string": #"[ \r\n\t\S]+"#, "id": #"[A-Za-z0-9\-\.]{1,64}"#, "uri": #"\S+"#, "url": #"\S+"#, "canonical": #"\S+"#,
    "code": #"[^\s]+(\s[^\s]+)*"#, "xhtml": #"[\s\S]+"#,
    "base64Binary": #"([0-9a-zA-Z+/]{4})*([0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?"#,
    "date": #"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"#,
    "dateTime":
      #"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"#
      + #"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?"#,
    "instant":
      #"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)"#,
    "decimal": "", "integer": "", "unsignedInt": "", "boolean": "",
  ]

  struct Element: Equatable {
    var name: String
    var isRequired, isList: Bool
    var types: [String]
    var codes: [String]
  }

  /// By type, with what it has of its base.
  static let elements: [String: [Element]] = {
    var all: [String: [Element]] = [:]
    var type = ""
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if line.first != " " {
        type = String(words[0].dropLast())
        all[type] = words.count > 1 ? all[words[1]] : []
        continue
      }
      let end = words.firstIndex(of: "=") ?? words.count
      let name = words[0].replacingOccurrences(of: "[x]", with: "")
      let types = words[2..<end].map { $0 == "@" ? "\(type).\(name)" : $0 }
      let element = Element(
        name: words[0], isRequired: words[1].hasPrefix("1"), isList: words[1].hasSuffix("*"), types: types,
        codes: Array(words.dropFirst(end + 1)))
      all[type]?.append(element)
    }
    return all
  }()
}

/// Holds a bundle against ``FHIRSchema``.
struct FHIRCheck {
  /// A sentence each: where, and what is wrong.
  private(set) var problems: [String] = []
  private(set) var requiredPaths: [[Step]] = []
  private(set) var memberPaths: [[Step]] = []
  /// To codes whose binding is required.
  private(set) var boundPaths: [[Step]] = []

  enum Step: Equatable {
    case member(String)
    case item(Int)
  }

  init(_ bundle: Any) { check(bundle, type: "Resource", at: []) }

  private mutating func fail(_ path: [Step], _ problem: String) {
    let place = path.map { step in
      switch step {
      case .member(let name): "." + name
      case .item(let index): "[\(index)]"
      }
    }
    problems.append(place.joined() + ": " + problem)
  }

  private mutating func check(_ value: Any, type: String, at path: [Step]) {
    if let pattern = FHIRSchema.primitives[type] { return checkPrimitive(value, type, pattern, at: path) }
    guard let object = value as? [String: Any] else { return fail(path, "no object, as \(type) is") }
    if object.isEmpty { fail(path, "empty") }
    var type = type, members = object
    if type == "Resource" {
      guard let name = members.removeValue(forKey: "resourceType") as? String else {
        return fail(path, "no resourceType")
      }
      requiredPaths.append(path + [.member("resourceType")])
      type = name
    }
    guard let elements = FHIRSchema.elements[type] else { return fail(path, "\(type) is not used") }
    for element in elements {
      var found = 0
      for (name, kind) in names(element) {
        if let sibling = members.removeValue(forKey: "_" + name) {
          if FHIRSchema.primitives[kind] == nil { fail(path, "_\(name) of a type that is not primitive") }
          check(sibling, type: "Element", at: path + [.member("_" + name)])
          if members[name] == nil { found += 1 }
        }
        guard let member = members.removeValue(forKey: name) else { continue }
        found += 1
        let own = path + [.member(name)]
        memberPaths.append(own)
        if element.isRequired { requiredPaths.append(own) }
        checkMember(member, element, kind, at: own)
      }
      if element.isRequired, found == 0 { fail(path, "\(element.name) is missing") }
      if found > 1 { fail(path, "\(element.name) stands there \(found) times") }
    }
    for name in members.keys.sorted() { fail(path, "\(type) has no '\(name)'") }
    checkRules(object, type, at: path)
  }

  private func names(_ element: FHIRSchema.Element) -> [(String, String)] {
    guard element.name.hasSuffix("[x]") else { return [(element.name, element.types[0])] }
    return element.types.map { (element.name.dropLast(3) + $0.prefix(1).uppercased() + $0.dropFirst(), $0) }
  }

  private mutating func checkMember(_ value: Any, _ element: FHIRSchema.Element, _ type: String, at path: [Step]) {
    if element.isList {
      guard let items = value as? [Any], !items.isEmpty else { return fail(path, "no list, or an empty one") }
      for (index, item) in items.enumerated() { check(item, type: type, at: path + [.item(index)]) }
    } else {
      check(value, type: type, at: path)
    }
    if !element.codes.isEmpty { boundPaths.append(path) }
    if !element.codes.isEmpty, !element.codes.contains(value as? String ?? "") {
      fail(path, "\(value) is none of \(element.codes.joined(separator: ", "))")
    }
  }

  private mutating func checkPrimitive(_ value: Any, _ type: String, _ pattern: String, at path: [Step]) {
    switch type {
    case "decimal", "integer", "unsignedInt":
      guard let number = value as? NSNumber, !(value is String) else { return fail(path, "no number") }
      if type != "decimal", number.doubleValue != number.doubleValue.rounded() { fail(path, "no whole number") }
      if type == "unsignedInt", !(0...2_147_483_647).contains(number.doubleValue) { fail(path, "out of range") }
    case "boolean": if !(value is Bool) { fail(path, "no boolean") }
    default:
      guard let text = value as? String else { return fail(path, "no text") }
      if text.range(of: "^(?:\(pattern))$", options: .regularExpression) == nil {
        fail(path, "'\(text.prefix(80))' is no \(type)")
      }
      if text.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty { fail(path, "a blank text") }
    }
  }

  /// The invariants that a report could break.
  private mutating func checkRules(_ object: [String: Any], _ type: String, at path: [Step]) {
    func objects(_ name: String) -> [[String: Any]] { object[name] as? [[String: Any]] ?? [] }
    let hasValue = object.keys.contains { $0.hasPrefix("value") }
    switch type {
    case "Observation", "Observation.component":
      if hasValue == (object["dataAbsentReason"] != nil) { fail(path, "obs-6: a value, or why there is none") }
      if type == "Observation" { checkHeartRate(object, at: path) }
    case "Observation.referenceRange":
      if object["low"] == nil, object["high"] == nil, object["text"] == nil {
        fail(path, "obs-3: no limit and no text")
      }
    case "Quantity":
      if object["code"] != nil, object["system"] == nil { fail(path, "qty-3: a code without its system") }
    case "Extension": if hasValue == (object["extension"] != nil) { fail(path, "ext-1: a value or extensions") }
    case "Attachment": if object["data"] != nil, object["contentType"] == nil { fail(path, "att-1: data of no type") }
    case "Patient": for name in objects("name") where name.isEmpty { fail(path, "an empty name") }
    case "CodeableConcept": if object["coding"] == nil, object["text"] == nil { fail(path, "says nothing") }
    case "Narrative": checkNarrative(object["div"] as? String ?? "", at: path)
    case "Bundle": checkReferences(objects("entry"), at: path)
    default: break
    }
  }

  /// The profile of vital signs applies to whatever bears LOINC's code of a heart rate (R4, heartrate).
  private mutating func checkHeartRate(_ object: [String: Any], at path: [Step]) {
    func codes(_ concept: Any?) -> [String] {
      ((concept as? [String: Any])?["coding"] as? [[String: Any]] ?? []).compactMap { $0["code"] as? String }
    }
    guard codes(object["code"]).contains("8867-4") else { return }
    let categories = (object["category"] as? [Any] ?? []).flatMap { codes($0) }
    if !categories.contains("vital-signs") { fail(path, "a heart rate that is no vital sign") }
    if object["subject"] == nil { fail(path, "a heart rate of nobody") }
    let time = object["effectiveDateTime"] as? String
    if time == nil, object["_effectiveDateTime"] == nil { fail(path, "a heart rate of no time") }
    if let time, time.count < 10 { fail(path, "vs-1: a day at least") }
    if let value = object["valueQuantity"] as? [String: Any], value["code"] as? String != "/min" {
      fail(path, "not a minute")
    }
  }

  /// txt-1 and txt-2: well-formed XHTML of basic elements, with some text.
  private mutating func checkNarrative(_ div: String, at path: [Step]) {
    let reader = NarrativeReader()
    let parser = XMLParser(data: Data(div.utf8))
    parser.delegate = reader
    if !parser.parse() { fail(path, "no XML: \(div.prefix(80))") }
    if reader.elements.first != "div" || !div.contains("http://www.w3.org/1999/xhtml") { fail(path, "txt-1: no div") }
    if !Set(reader.elements).isSubset(of: ["div", "p", "br"]) { fail(path, "txt-1: \(reader.elements)") }
    if reader.text.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty { fail(path, "txt-2: no text") }
  }

  /// bdl-7: every entry has its own fullUrl, here its resource's id; and every reference names one.
  private mutating func checkReferences(_ entries: [[String: Any]], at path: [Step]) {
    let urls = entries.compactMap { $0["fullUrl"] as? String }
    if urls.count != entries.count || Set(urls).count != urls.count { fail(path, "bdl-7: fullUrls missing or twice") }
    for entry in entries {
      let id = (entry["resource"] as? [String: Any])?["id"] as? String
      if entry["fullUrl"] as? String != id.map({ "urn:uuid:" + $0 }) { fail(path, "a fullUrl that is not the id") }
    }
    func visit(_ value: Any) {
      if let items = value as? [Any] { items.forEach(visit) }
      guard let members = value as? [String: Any] else { return }
      if let target = members["reference"] as? String, !urls.contains(target) { missing.append(target) }
      members.values.forEach(visit)
    }
    var missing: [String] = []
    visit(entries)
    for target in missing { fail(path, "\(target) is not in the bundle") }
  }
}

private final class NarrativeReader: NSObject, XMLParserDelegate {
  var elements: [String] = []
  var text = ""
  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) { elements.append(element) }
  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
