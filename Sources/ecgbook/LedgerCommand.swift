import ArgumentParser
import Book
import Files
import Foundation

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Lists every evaluation of every test set of this project.",
    discussion: "An evaluation is counted once per compute key. Whoever tests again and again on the same records chooses by them in the end.")
  @Option(help: "The folder that holds .ecgbook.") var project = "."
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let ledger: Ledger
    do { ledger = try Ledger(projectFolder: project) } catch let error as LedgerError {
      throw Failure(message: "\(error)", status: 1)
    }
    if json { return print(try CanonicalJSON.text(ledger.entries, pretty: true)) }
    if ledger.entries.isEmpty { return print("no evaluation was made in \(project)") }
    var sets: [TestSet] = []
    for entry in ledger.entries where !sets.contains(where: { $0.digest == entry.testSet.digest }) { sets.append(entry.testSet) }
    for set in sets {
      let entries = ledger.entries.filter { $0.testSet.digest == set.digest }
      print("\(set.name)  (\(set.digest.short)): \(entries.count) \(entries.count == 1 ? "evaluation" : "evaluations")")
      for entry in entries {
        let number = String(repeating: " ", count: max(0, 5 - "\(entry.number)".count)) + "\(entry.number)"
        print("\(number)  \(entry.date.prefix(10))  \(entry.key.short)  \(entry.report), cell '\(entry.cell)'")
      }
    }
  }
}
