import Foundation
import WFDB

extension DICOM {
  /// A PDF as a DICOM object that archives of images keep beside the electrocardiogram: Encapsulated PDF Storage,
  /// Explicit VR Little Endian. The same arguments always give the same bytes.
  ///
  /// Its code is LOINC's `11524-6`, "EKG study"; its study is that of a waveform object that ``write(_:name:)`` makes
  /// of the same patient and start. Source: PS3.3, A.45.1, C.24.1 and C.24.2.
  /// - Parameters:
  ///   - pdf: what is wrapped; the pages show whom they are of, which the object says (Burned In Annotation).
  ///   - start: of the recording.
  ///   - title: of the document, 1024 characters at most.
  ///   - manufacturer: of what made the document.
  /// - Throws: ``FormatError`` when `pdf` is none, or has 4 GB or more.
  public static func encapsulatedPDF(
    _ pdf: Data, patient: Patient, start: Header.Start, title: String, institution: String? = nil,
    manufacturer: String = "ECGBook"
  ) throws(FormatError) -> Data {
    guard pdf.starts(with: "%PDF-".utf8) else {
      throw FormatError("document", found: "\(pdf.count) bytes that do not begin with '%PDF-'", expected: "a PDF")
    }
    guard pdf.count < Int(UInt32.max) - 1 else {
      throw FormatError("document", found: "\(pdf.count) bytes", expected: "fewer than 4 GB")
    }
    var text = DICOMText()
    var set = DICOMDataSet()
    set.set(.sopClass, encapsulatedPDFClass)
    set.set(.modality, "ECG")
    set.set(.conversionType, "WSD")  // from a workstation
    set.setPatient(patient, &text)
    set.setStart(start, isRequired: false, &text)
    set.set(.manufacturer, text.fitting(manufacturer, .manufacturer, "the manufacturer"))
    if let institution { set.set(.institution, text.fitting(institution, .institution, "the institution")) }
    set.set(.burnedIn, "YES")
    set.set(.conceptName, DICOMCode("11524-6", "LN", "EKG study"))
    set.set(.documentTitle, text.fitting(title, .documentTitle, "the title"))
    set.set(.mimeType, "application/pdf")
    set.set(.document, bytes: pdf)
    set.set(.documentLength, pdf.count)
    return try set.identified(patient: patient, start: start, &text).file()
  }
}
