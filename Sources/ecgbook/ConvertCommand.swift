import ArgumentParser
import Formats

/// `ecgbook convert`: a recording in another format.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Writes a recording in another format, and says what that one does not keep.",
    discussion: """
      The content tells what IN is: WFDB, SCP-ECG, DICOM, HL7 aECG, GE MUSE XML, EDF+ or CSV. The extension of OUT tells what is \
      written: .hea (WFDB), .csv, .edf (EDF+), .dcm (DICOM) or .xml (HL7 aECG).
        ecgbook convert 00001_hr.hea 00001.edf
      """)

  enum Target: String, ExpressibleByArgument, CaseIterable { case wfdb, csv, edf, dicom, aecg }

  @Argument(help: "The recording.") var input: String
  @Argument(help: "The file to write.") var output: String
  @Option(help: "wfdb, csv, edf, dicom or aecg. (default: by the extension of OUT)") var format: Target?
  @Option(help: "Hertz, for a CSV file that does not say its rate.") var rate: Double?
  @Option(help: "mV, uV or V, for a CSV file that does not say its unit.") var unit: String?
  @Flag(help: "Leave out who it is of, when it was made, and all free text.") var anonymous = false

  func validate() throws {
    if let rate, !(rate.isFinite && rate > 0) { throw ValidationError("--rate \(rate): expected hertz, more than 0") }
  }

  func run() throws {
    let conversion = try Conversion(
      from: input, to: output, format: format.flatMap { RecordFormat(rawValue: $0.rawValue) },
      csv: CSV.Layout(samplingFrequency: rate, units: unit), anonymous: anonymous)
    for file in conversion.files { print(file) }
    for loss in conversion.losses { print("not kept: \(loss)") }
    for warning in conversion.warnings { print("warning: \(warning)") }
  }
}
