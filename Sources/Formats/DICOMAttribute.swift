/// An attribute that an object of ours has, of DICOM's data dictionary. What the table does not name is not kept.
/// Source: DICOM PS3.6, chapter 6 and 7.
struct DICOMAttribute: Hashable, Sendable, CustomStringConvertible {
  /// The group in the upper 16 bits, the element in the lower.
  let tag: UInt32
  let representation: Representation
  let name: String

  private init(_ tag: UInt32, _ representation: Representation, _ name: String) {
    (self.tag, self.representation, self.name) = (tag, representation, name)
  }

  /// `Patient ID (0010,0020)`
  var description: String { "\(name) \(Self.text(tag))" }

  /// `(0010,0020)`
  static func text(_ tag: UInt32) -> String {
    func hexadecimal(_ number: UInt32) -> String {
      let digits = String(number, radix: 16, uppercase: true)
      return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
    return "(\(hexadecimal(tag >> 16)),\(hexadecimal(tag & 0xFFFF)))"
  }

  /// How a value is encoded. Source: PS3.5, table 6.2-1.
  enum Representation: String, Sendable {
    case AE, AS, AT, CS, DA, DS, DT, FD, FL, IS, LO, LT, OB, OD, OF, OL, OV, OW, PN, SH, SL, SQ, SS, ST, SV, TM, UC, UI
    case UL, UN, UR, US, UT, UV

    /// Whether its length has 32 bits, after two reserved bytes, in an explicit transfer syntax (PS3.5, 7.1.2).
    var hasLongLength: Bool {
      switch self {
      case .OB, .OD, .OF, .OL, .OV, .OW, .SQ, .SV, .UC, .UN, .UR, .UT, .UV: true
      default: false
      }
    }

    /// What makes a value's length even: a zero byte for numbers and UIDs, a blank for text (PS3.5, 6.2).
    var padding: UInt8 {
      switch self {
      case .OB, .OD, .OF, .OL, .OV, .OW, .UI, .UN: 0
      default: 0x20
      }
    }

    /// The most characters of a value, where the standard sets a limit that matters here.
    var maximumLength: Int {
      switch self {
      case .AE, .CS, .DS, .SH: 16
      case .IS: 12
      case .LO, .PN, .UI: 64
      case .ST: 1024
      case .LT: 10_240
      default: .max
      }
    }
  }

  static func named(_ tag: UInt32) -> DICOMAttribute? { byTag[tag] }
  private static let byTag = Dictionary(all.map { ($0.tag, $0) }) { first, _ in first }

  // File meta information
  static let metaLength = Self(0x0002_0000, .UL, "File Meta Information Group Length")
  static let metaVersion = Self(0x0002_0001, .OB, "File Meta Information Version")
  static let mediaClass = Self(0x0002_0002, .UI, "Media Storage SOP Class UID")
  static let mediaInstance = Self(0x0002_0003, .UI, "Media Storage SOP Instance UID")
  static let transferSyntax = Self(0x0002_0010, .UI, "Transfer Syntax UID")
  static let implementationClass = Self(0x0002_0012, .UI, "Implementation Class UID")
  static let implementationVersion = Self(0x0002_0013, .SH, "Implementation Version Name")

  // Object, study, series, equipment
  static let characterSet = Self(0x0008_0005, .CS, "Specific Character Set")
  static let sopClass = Self(0x0008_0016, .UI, "SOP Class UID")
  static let sopInstance = Self(0x0008_0018, .UI, "SOP Instance UID")
  static let studyDate = Self(0x0008_0020, .DA, "Study Date")
  static let acquisitionDate = Self(0x0008_0022, .DA, "Acquisition Date")
  static let contentDate = Self(0x0008_0023, .DA, "Content Date")
  static let acquisitionDateTime = Self(0x0008_002A, .DT, "Acquisition DateTime")
  static let studyTime = Self(0x0008_0030, .TM, "Study Time")
  static let acquisitionTime = Self(0x0008_0032, .TM, "Acquisition Time")
  static let contentTime = Self(0x0008_0033, .TM, "Content Time")
  static let accessionNumber = Self(0x0008_0050, .SH, "Accession Number")
  static let modality = Self(0x0008_0060, .CS, "Modality")
  static let conversionType = Self(0x0008_0064, .CS, "Conversion Type")
  static let manufacturer = Self(0x0008_0070, .LO, "Manufacturer")
  static let institution = Self(0x0008_0080, .LO, "Institution Name")
  static let referringPhysician = Self(0x0008_0090, .PN, "Referring Physician's Name")
  static let codeValue = Self(0x0008_0100, .SH, "Code Value")
  static let codingScheme = Self(0x0008_0102, .SH, "Coding Scheme Designator")
  static let codeMeaning = Self(0x0008_0104, .LO, "Code Meaning")
  static let longCodeValue = Self(0x0008_0119, .UC, "Long Code Value")
  static let codingSchemes = Self(0x0008_0110, .SQ, "Coding Scheme Identification Sequence")
  static let codingSchemeName = Self(0x0008_0115, .ST, "Coding Scheme Name")
  static let studyDescription = Self(0x0008_1030, .LO, "Study Description")
  static let seriesDescription = Self(0x0008_103E, .LO, "Series Description")
  static let model = Self(0x0008_1090, .LO, "Manufacturer's Model Name")
  static let serialNumber = Self(0x0018_1000, .LO, "Device Serial Number")
  static let softwareVersions = Self(0x0018_1020, .LO, "Software Versions")
  static let studyInstance = Self(0x0020_000D, .UI, "Study Instance UID")
  static let seriesInstance = Self(0x0020_000E, .UI, "Series Instance UID")
  static let studyID = Self(0x0020_0010, .SH, "Study ID")
  static let seriesNumber = Self(0x0020_0011, .IS, "Series Number")
  static let instanceNumber = Self(0x0020_0013, .IS, "Instance Number")

  // Patient
  static let patientName = Self(0x0010_0010, .PN, "Patient's Name")
  static let patientID = Self(0x0010_0020, .LO, "Patient ID")
  static let birthDate = Self(0x0010_0030, .DA, "Patient's Birth Date")
  static let sex = Self(0x0010_0040, .CS, "Patient's Sex")
  static let age = Self(0x0010_1010, .AS, "Patient's Age")

  // Waveform
  static let acquisitionContext = Self(0x0040_0555, .SQ, "Acquisition Context Sequence")
  static let conceptCode = Self(0x0040_A168, .SQ, "Concept Code Sequence")
  static let textValue = Self(0x0040_A160, .UT, "Text Value")
  static let waveforms = Self(0x5400_0100, .SQ, "Waveform Sequence")
  static let timeOffset = Self(0x0018_1068, .DS, "Multiplex Group Time Offset")
  static let triggerSample = Self(0x0018_106E, .UL, "Trigger Sample Position")
  static let originality = Self(0x003A_0004, .CS, "Waveform Originality")
  static let channelCount = Self(0x003A_0005, .US, "Number of Waveform Channels")
  static let sampleCount = Self(0x003A_0010, .UL, "Number of Waveform Samples")
  static let samplingFrequency = Self(0x003A_001A, .DS, "Sampling Frequency")
  static let groupLabel = Self(0x003A_0020, .SH, "Multiplex Group Label")
  static let channels = Self(0x003A_0200, .SQ, "Channel Definition Sequence")
  static let channelLabel = Self(0x003A_0203, .SH, "Channel Label")
  static let channelSource = Self(0x003A_0208, .SQ, "Channel Source Sequence")
  static let sensitivity = Self(0x003A_0210, .DS, "Channel Sensitivity")
  static let sensitivityUnits = Self(0x003A_0211, .SQ, "Channel Sensitivity Units Sequence")
  static let sensitivityCorrection = Self(0x003A_0212, .DS, "Channel Sensitivity Correction Factor")
  static let baseline = Self(0x003A_0213, .DS, "Channel Baseline")
  static let timeSkew = Self(0x003A_0214, .DS, "Channel Time Skew")
  static let sampleSkew = Self(0x003A_0215, .DS, "Channel Sample Skew")
  static let bitsStored = Self(0x003A_021A, .US, "Waveform Bits Stored")
  static let filterLow = Self(0x003A_0220, .DS, "Filter Low Frequency")
  static let filterHigh = Self(0x003A_0221, .DS, "Filter High Frequency")
  static let filterNotch = Self(0x003A_0222, .DS, "Notch Filter Frequency")
  static let bitsAllocated = Self(0x5400_1004, .US, "Waveform Bits Allocated")
  static let interpretation = Self(0x5400_1006, .CS, "Waveform Sample Interpretation")
  static let paddingValue = Self(0x5400_100A, .OW, "Waveform Padding Value")
  static let waveformData = Self(0x5400_1010, .OW, "Waveform Data")

  // Waveform annotation
  static let annotations = Self(0x0040_B020, .SQ, "Waveform Annotation Sequence")
  static let measurementUnits = Self(0x0040_08EA, .SQ, "Measurement Units Code Sequence")
  static let conceptName = Self(0x0040_A043, .SQ, "Concept Name Code Sequence")
  static let referencedChannels = Self(0x0040_A0B0, .US, "Referenced Waveform Channels")
  static let rangeType = Self(0x0040_A130, .CS, "Temporal Range Type")
  static let samplePositions = Self(0x0040_A132, .UL, "Referenced Sample Positions")
  static let timeOffsets = Self(0x0040_A138, .DS, "Referenced Time Offsets")
  static let annotationGroup = Self(0x0040_A180, .US, "Annotation Group Number")
  static let numericValue = Self(0x0040_A30A, .DS, "Numeric Value")
  static let unformattedText = Self(0x0070_0006, .ST, "Unformatted Text Value")

  // Encapsulated document
  static let burnedIn = Self(0x0028_0301, .CS, "Burned In Annotation")
  static let documentTitle = Self(0x0042_0010, .ST, "Document Title")
  static let document = Self(0x0042_0011, .OB, "Encapsulated Document")
  static let mimeType = Self(0x0042_0012, .LO, "MIME Type of Encapsulated Document")
  static let documentLength = Self(0x0042_0015, .UL, "Encapsulated Document Length")

  static let all = [
    metaLength, metaVersion, mediaClass, mediaInstance, transferSyntax, implementationClass, implementationVersion,
    characterSet, sopClass, sopInstance, studyDate, acquisitionDate, contentDate, acquisitionDateTime, studyTime,
    acquisitionTime, contentTime, accessionNumber, modality, conversionType, manufacturer, institution,
    referringPhysician, codeValue, longCodeValue, codingScheme, codeMeaning, codingSchemes, codingSchemeName,
    studyDescription, seriesDescription, model, serialNumber, softwareVersions, studyInstance, seriesInstance,
    studyID, seriesNumber, instanceNumber, patientName, patientID, birthDate, sex, age, acquisitionContext,
    conceptCode, textValue, waveforms, timeOffset, triggerSample, originality, channelCount, sampleCount,
    samplingFrequency, groupLabel, channels, channelLabel, channelSource, sensitivity, sensitivityUnits,
    sensitivityCorrection, baseline, timeSkew, sampleSkew, bitsStored, filterLow, filterHigh, filterNotch,
    bitsAllocated, interpretation, paddingValue, waveformData, annotations, measurementUnits, conceptName,
    referencedChannels, rangeType, samplePositions, timeOffsets, annotationGroup, numericValue, unformattedText,
    burnedIn, documentTitle, document, mimeType, documentLength,
  ]
}
