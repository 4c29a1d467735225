import Foundation
import TestSupport
import Testing

@testable import Torch

@Suite struct LaunchVariablesTests {
  private static let whole = ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "node1", "MASTER_PORT": "29500"]

  @Test func readsTorchrunsVariables() throws {
    let launch = try #require(try LaunchVariables(Self.whole))
    #expect((launch.rank, launch.size, launch.address, launch.port) == (1, 2, "node1", 29500))
    #expect(launch.interface == "" && launch.timeout == 600)
  }

  @Test(arguments: [[:], ["WORLD_SIZE": "1"], ["RANK": "3"], ["WORLD_SIZE": "1", "RANK": "x"]])
  func isAloneWithoutAWorld(environment: [String: String]) throws {
    #expect(try LaunchVariables(environment) == nil)
  }

  /// torchrun's own store listens at MASTER_PORT.
  @Test(arguments: [
    (["TORCHELASTIC_USE_AGENT_STORE": "True"], 29501), (["TORCHELASTIC_USE_AGENT_STORE": "False"], 29500),
    (["TORCHELASTIC_USE_AGENT_STORE": "True", "ECGBOOK_PORT": "4000"], 4000),
    (["TORCHELASTIC_USE_AGENT_STORE": "True", "MASTER_PORT": "65535"], 65534),
  ])
  func meetsWhereTheLauncherDoesNotListen(change: [String: String], port: Int) throws {
    #expect(try LaunchVariables(Self.whole.merging(change) { $1 })?.port == port)
  }

  @Test(arguments: [
    ("RANK", nil, "the variable RANK is missing; expected a whole number from 0 to 1; WORLD_SIZE is 2, so every process needs it"),
    ("RANK", "2", "the variable RANK is '2'; expected a whole number from 0 to 1"),
    ("RANK", "first", "the variable RANK is 'first'; expected a whole number from 0 to 1"),
    ("WORLD_SIZE", "two", "the variable WORLD_SIZE is 'two'; expected a number of processes"),
    ("WORLD_SIZE", "0", "the variable WORLD_SIZE is '0'; expected a number of processes"),
    ("MASTER_ADDR", nil, "the variable MASTER_ADDR is missing; expected the name or address of the machine of rank 0; WORLD_SIZE is 2, so every process needs it"),
    ("MASTER_PORT", nil, "the variable MASTER_PORT is missing; expected a port, 1 to 65535, that is free on the machine of rank 0; WORLD_SIZE is 2, so every process needs it"),
    ("MASTER_PORT", "99999", "the variable MASTER_PORT is '99999'; expected a port, 1 to 65535"),
    ("ECGBOOK_TIMEOUT", "soon", "the variable ECGBOOK_TIMEOUT is 'soon'; expected seconds, 1 to 604800"),
  ])
  func saysWhichVariableIsWrong(name: String, value: String?, message: String) throws {
    var environment = Self.whole
    environment[name] = value
    let error = #expect(throws: LaunchError.self) { try LaunchVariables(environment) }
    #expect(error?.description == message)
  }
}

/// A group of threads, each with the part of a process.
func group(_ rank: Int, of size: Int, port: Int, timeout: Double = 30) throws -> ProcessGroup {
  let launch = try LaunchVariables([
    "RANK": "\(rank)", "WORLD_SIZE": "\(size)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
    "ECGBOOK_TIMEOUT": "\(Int(timeout))",
  ])
  return try ProcessGroup(#require(launch))
}

@Suite(.serialized) struct ProcessGroupTests {
  @Test(arguments: [2, 3]) func addsGathersAndHandsOut(size: Int) throws {
    let results = try together(size) { rank, port in
      let group = try group(rank, of: size, port: port)
      var values: [Float] = [Float(rank + 1), 0.5]
      try group.sum(&values)
      let gathered = try group.gather(Data(repeating: UInt8(rank), count: 3 * rank), patiently: true)
      let sent = try group.broadcast(rank == 0 ? Data("to all".utf8) : nil)
      let nothing = try group.broadcast(rank == 0 ? Data() : nil, patiently: true)
      return (values, gathered, sent, nothing)
    }
    for result in results {
      let (values, gathered, sent, nothing) = try result.get()
      #expect(values == [size == 2 ? 3 : 6, Float(size) / 2])
      #expect(gathered == (0..<size).map { Data(repeating: UInt8($0), count: 3 * $0) })
      #expect(sent == Data("to all".utf8) && nothing.isEmpty)
    }
  }

  @Test(arguments: [0, 1, 5, 7]) func sharesEverythingOnce(count: Int) throws {
    let shares = try together(3) { rank, port in try group(rank, of: 3, port: port).share(of: count) }.map { try $0.get() }
    #expect(shares.flatMap(Array.init) == Array(0..<count))
    #expect(Set(shares.map(\.count)).isSubset(of: [count / 3, (count + 2) / 3]))
  }

  @Test func saysAtOnceThatAnotherIsLost() throws {
    let start = ContinuousClock.now
    let results = try together(2) { rank, port in
      let group = try group(rank, of: 2, port: port)
      if rank == 1 { return group.leave() }
      var values: [Float] = [1]
      try group.sum(&values)
    }
    let error = #expect(throws: LostWorkerError.self) { try results[0].get() }
    #expect(error?.description.hasPrefix("rank 0 of 2 lost another process: ") == true, "\(String(describing: error))")
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func saysThatTheOthersDidNotCome() throws {
    let results = try together(1) { rank, port in _ = try group(rank, of: 2, port: port, timeout: 1) }
    let error = #expect(throws: TorchError.self) { try results[0].get() }
    #expect(error?.message.hasPrefix("rank 0 of 2 did not meet the others at 127.0.0.1:") == true, "\(String(describing: error))")
  }
}
