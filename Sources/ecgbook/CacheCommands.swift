import ArgumentParser
import Book
import Drawing
import Files
import Foundation

struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "Shows, cleans and carries what reports computed.",
    discussion: """
      Training done on one machine is rendered on another:
        ecgbook cache export --report reports/evaluation.md evaluation.tar
        ecgbook cache import evaluation.tar
        ecgbook render --frozen reports/evaluation.md
      """,
    subcommands: [List.self, Size.self, Prune.self, Export.self, Import.self])

  struct Place: ParsableArguments {
    @Option(help: "The folder that holds .ecgbook.") var project = "."
    var keeper: CacheKeeper { CacheKeeper(projectFolder: project) }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists every result, the newest first, with the reports that use it.")
    @OptionGroup var place: Place
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let items = try keeping { try place.keeper.items() }
      if json { return print(try CanonicalJSON.text(items, pretty: true)) }
      for item in items {
        let kind = item.kind.padding(toLength: 9, withPad: " ", startingAt: 0)
        let bytes = String(repeating: " ", count: max(0, 8 - size(item.bytes).count)) + size(item.bytes)
        let day = Date(timeIntervalSince1970: Double(item.stored)).ISO8601Format().prefix(10)
        print("\(item.key.short)  \(kind) \(bytes)  \(day)  \(item.reports.isEmpty ? "used by no report" : item.reports.joined(separator: ", "))")
      }
    }
  }

  struct Size: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says what the cache takes on the disk.")
    @OptionGroup var place: Place
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let sizes = place.keeper.sizes()
      if json { return print(try CanonicalJSON.text(sizes, pretty: true)) }
      print("results      \(size(sizes.results))\ncheckpoints  \(size(sizes.checkpoints))\nleftovers    \(size(sizes.leftovers))")
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes results that no report uses, and what killed renders left.",
      discussion: "A result is used when a report needed it the last time it was rendered.")
    @OptionGroup var place: Place
    @Option(help: "Keep unused results that are younger than this many days.") var days = 0
    @Flag(help: "Remove all results, used ones too.") var all = false
    @Flag(help: "Say what would be removed, and remove nothing.") var dryRun = false

    func validate() throws {
      guard (0...36_500).contains(days) else { throw ValidationError("--days \(days): expected 0 to 36500") }
    }

    func run() throws {
      let pruning = try keeping { try place.keeper.prune(keeping: days * 86_400, all: all, isTrial: dryRun) }
      for item in pruning.results { print("\(item.key.short)  \(item.kind)  \(size(item.bytes))") }
      print("\(dryRun ? "would remove" : "removed") \(pruning.results.count) results and \(pruning.checkpoints.count) checkpoints, \(size(pruning.bytes))")
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes results into a tar archive.")
    @OptionGroup var place: Place
    @Option(name: .customLong("report"), help: "Only what this report used when it was last rendered; give it as often as needed.")
    var reports: [String] = []
    @Argument(help: "The archive to write.") var archive: String

    func run() throws {
      let names = reports.map { (($0 as NSString).lastPathComponent as NSString).deletingPathExtension }
      let count = try keeping { try place.keeper.export(to: archive, reports: names.isEmpty ? nil : names) }
      print("\(archive): \(count) results")
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes in the results of an archive; every file is checked first.")
    @OptionGroup var place: Place
    @Argument(help: "The archive to read.") var archive: String

    func run() throws {
      let (new, known) = try keeping { try place.keeper.import(from: archive) }
      print("\(archive): \(new) new results, \(known) known")
    }
  }
}

/// Turns what stands in a keeper's way into a message of the command.
private func keeping<T>(_ body: () throws -> T) throws -> T {
  do { return try body() } catch let error as CacheError { throw Failure(message: "\(error)", status: 2) }
  catch let error as FileError { throw Failure(message: "\(error)", status: error.operation == "write" ? 1 : 2) }
}

private func size(_ bytes: Int) -> String { (try? ValueFormat.bytes.inline(.integer(bytes))) ?? "\(bytes) B" }
