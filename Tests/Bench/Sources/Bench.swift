import ArgumentParser

/// The Swift side of `make bench`; `Tests/Bench/peers.py` is the other, with the same subcommands and the same talk on
/// standard input and output (see ``serveRounds(_:_:)``). `bench.py` starts both and lets them measure in turns.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecgbook-bench", abstract: "Measures a round of work for each line 'go' on standard input.",
    subcommands: [TrainStep.self, Forward.self, Answer.self, Load.self, BootstrapAUROC.self])
}
