/// A launcher's word on which of several processes this one is, by the variables of PyTorch's `torchrun`, which scripts of
/// Slurm and Kubernetes set too. Source: PyTorch documentation, "torchrun (Elastic Launch)", environment variables.
public struct LaunchVariables: Sendable, Equatable {
  public var rank: Int  // RANK, 0..<size
  public var size: Int  // WORLD_SIZE, above 1
  /// Where the processes find each other: the machine of rank 0, and a port that is free there.
  public var address: String  // MASTER_ADDR
  public var port: Int
  /// The network interface to speak through; empty for the one that leads to `address`.
  public var interface: String  // GLOO_SOCKET_IFNAME
  /// After how many seconds without an answer another process counts as lost.
  public var timeout: Double  // ECGBOOK_TIMEOUT

  /// Nil when `WORLD_SIZE` is absent or 1: the process is alone.
  /// - Throws: ``LaunchError`` for the first variable that is missing or wrong.
  public init?(_ environment: [String: String]) throws(LaunchError) {
    guard let size = try Self.number("WORLD_SIZE", environment, in: 1...100_000, "a number of processes"), size > 1 else { return nil }
    let needed = "WORLD_SIZE is \(size), so every process needs it"
    guard let rank = try Self.number("RANK", environment, in: 0...(size - 1), "a whole number from 0 to \(size - 1)") else {
      throw LaunchError("RANK", nil, "a whole number from 0 to \(size - 1); \(needed)")
    }
    guard let address = environment["MASTER_ADDR"], !address.isEmpty else {
      throw LaunchError("MASTER_ADDR", environment["MASTER_ADDR"], "the name or address of the machine of rank 0; \(needed)")
    }
    let ports = "a port, 1 to 65535"
    guard let given = try Self.number("MASTER_PORT", environment, in: 1...65_535, ports) else {
      throw LaunchError("MASTER_PORT", nil, "\(ports), that is free on the machine of rank 0; \(needed)")
    }
    let own = try Self.number("ECGBOOK_PORT", environment, in: 1...65_535, ports)
    // torchrun itself listens at MASTER_PORT, and speaks as its own version of PyTorch does.
    let isTaken = environment["TORCHELASTIC_USE_AGENT_STORE"] == "True"
    (self.rank, self.size, self.address) = (rank, size, address)
    port = own ?? (isTaken ? (given < 65_535 ? given + 1 : given - 1) : given)
    interface = environment["GLOO_SOCKET_IFNAME"] ?? ""
    let seconds = "seconds, 1 to 604800"
    timeout = Double(try Self.number("ECGBOOK_TIMEOUT", environment, in: 1...604_800, seconds) ?? 600)
  }

  private static func number(
    _ name: String, _ environment: [String: String], in range: ClosedRange<Int>, _ expected: String
  ) throws(LaunchError) -> Int? {
    guard let text = environment[name] else { return nil }
    guard let value = Int(text), range.contains(value) else { throw LaunchError(name, text, expected) }
    return value
  }
}

/// A variable of the launcher that is missing or wrong.
public struct LaunchError: Error, Equatable, CustomStringConvertible {
  public let variable: String
  public let found: String?
  public let expected: String
  init(_ variable: String, _ found: String?, _ expected: String) {
    (self.variable, self.found, self.expected) = (variable, found, expected)
  }
  public var description: String {
    "the variable \(variable) \(found.map { "is '\($0)'" } ?? "is missing"); expected \(expected)"
  }
}
