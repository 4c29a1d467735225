import Testing
import Foundation
@testable import Torch
import Networks

@Test func trial() throws {
  try withTorch {
    try Torch.setThreads(2)
    let net = Architecture.resNet1D.network(leads: 12, classes: 5, from: Initializer(seed: 1))
    print("PARAMS", net.parameterCount, Architecture.ecgConvNet.network(leads: 12, classes: 22, from: Initializer(seed: 1)).parameterCount)
    let optimizer = AdamW(net.allState(), decay: 0.01, on: .cpu)
    let x = Tensor((0..<(128*12*250)).map { Float($0 % 97) / 97 - 0.5 }, shape: [128, 12, 250])
    let y = Tensor((0..<(128*5)).map { $0 % 3 == 0 ? 1 : 0 }, shape: [128, 5])
    for round in 0..<4 {
      let start = ContinuousClock.now; let cpu = clock()
      for _ in 0..<10 {
        Torch.$isTraining.withValue(true) {
          let loss = net(x).binaryCrossEntropy(labels: y)
          loss.backward()
          optimizer.step(rate: 1e-3)
          if round == 3 { print(loss.item) }
        }
      }
      print("STEP", (ContinuousClock.now - start) / 10, "records/cpu-s", 1280 / (Double(clock() - cpu) / 1e6))
    }
    try withoutGradients {
      for _ in 0..<3 {
      let cpu = clock()
      for _ in 0..<10 { _ = net(x).values }
      print("FORWARD records/cpu-s", 1280 / (Double(clock() - cpu) / 1e6)) }
    }
  }
}
