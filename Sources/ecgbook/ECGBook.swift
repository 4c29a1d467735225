import ArgumentParser
import Cells
import Foundation

/// Reads arguments, calls the rooms, prints. Status 0: done; 1: a cell or the system failed; 2: the input is wrong, and
/// nothing was written; 130: interrupted.
@main
struct ECGBook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecgbook",
    abstract: "Reports about networks that read 12-lead ECGs: a Markdown file in, HTML and PDF out.",
    discussion: """
      A first report, on synthetic ECGs where PTB-XL is not at hand:
        ecgbook render reports/evaluation.md

      A recording, read and interpreted by the model that ships:
        ecgbook record 00001_hr
        ecgbook measure 00001_hr
        ecgbook predict 00001_hr
        ecgbook patient 00001_hr

      A page in the browser on which recordings are dropped:
        ecgbook serve
      """,
    version: toolVersion,
    subcommands: [
      Render.self, Batch.self, PreviewCommand.self, Check.self, Explain.self, Params.self, CellsCommand.self,
      CacheCommand.self, LedgerCommand.self, FigureCommand.self, Export.self,
      Verify.self, Reproduce.self, Extract.self, Diff.self, DataCommand.self, RecordCommand.self, ConvertCommand.self, Measure.self, PatientCommand.self, Predict.self, Score.self,
      ServeCommand.self, ReadUploadCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand { try await waiting.run() } else { try command.run() }
    } catch {
      Foundation.exit(finish(error))
    }
  }

  /// Prints what ended the command, and returns its status.
  private static func finish(_ error: any Error) -> Int32 {
    if let failure = error as? Failure {
      if !failure.message.isEmpty { complain(failure.message) }
      return failure.status
    }
    let code = exitCode(for: error)
    if code.isSuccess {
      print(fullMessage(for: error))
      return 0
    }
    if code == .validationFailure {
      FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
    } else {
      complain("\(error)")
    }
    return 2
  }
}

/// What a command says before it ends with a status other than 0.
struct Failure: Error {
  var message: String
  var status: Int32
}

func complain(_ message: String) {
  let text = message.contains("error[") ? message : "ecgbook: " + message
  FileHandle.standardError.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
}
