import Foundation
import Torch

/// A network of diagonal state spaces: Gu, Gupta, Goel & Ré, "On the Parameterization and Initialization of Diagonal
/// State Space Models", NeurIPS 2022, arXiv:2206.11893, stacked as for ECGs by Mehari & Strodthoff, "Towards Quantitative
/// Precision for ECG Analysis", IEEE JBHI 27, 2023, arXiv:2308.15291.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// Leads are mixed to channels, pass four blocks of 4 conjugate pairs of states, are averaged over time and mixed to
/// classes. 148,741 parameters with 12 leads and 5 classes.
/// Departs from the ECG paper: diagonal states instead of S4's, which have a low rank beside the diagonal; 128 channels
/// instead of 512, for processors. Departs from Gu and others as the ECG paper does: one learning rate and weight decay
/// for all parameters, those of the states too.
public struct S4D: Network {
  let encoder: Conv1D
  let blocks: [Block]
  let decoder: Linear

  public init(leads: Int, classes: Int, width: Int = 128, from start: Initializer) {
    encoder = Conv1D(leads, width, kernel: 1, from: start)
    blocks = (0..<4).map { _ in Block(width, from: start) }
    decoder = Linear(width, classes, from: start)
  }

  public func features(_ x: Tensor) -> Tensor { blocks.reduce(encoder(x)) { $1($0) }.mean(axis: 2) }
  public var output: Linear { decoder }

  /// State spaces, GELU, a gated linear unit over the channels, dropout before and after it; the input passes around;
  /// layer normalization.
  struct Block: Layer {
    let states: StateSpaces
    let mix: Conv1D
    let dropout: ChannelDropout
    let norm: LayerNorm
    init(_ channels: Int, dropout share: Double = 0.2, from start: Initializer) {
      states = StateSpaces(channels, from: start)
      mix = Conv1D(channels, 2 * channels, kernel: 1, from: start)
      dropout = ChannelDropout(share)
      norm = LayerNorm(channels, from: start)
    }
    func callAsFunction(_ x: Tensor) -> Tensor {
      norm(x + dropout(mix(dropout(states(x).gelu())).glu(axis: 1)))
    }
  }

  /// One state space per channel, read forwards and backwards in time: `s' = A s + x`, `y = 2 Re(C s) + D x`.
  /// All parameters are real, under the names of the paper's code; S4D-Lin: `Aₙ = −1/2 + i π n`.
  struct StateSpaces: Layer {
    let logDt: Tensor  // [channels]: how long a sample lasts in the state space's own time
    let logAReal, aImag: Tensor  // [channels, pairs]
    let cReal, cImag: Tensor  // [channels, 2, pairs]: forwards, backwards
    let d: Tensor  // [channels, 1]

    init(_ channels: Int, pairs: Int = 4, from start: Initializer) {
      let half = 0.5.squareRoot()
      logDt = start.parameter(shape: [channels]) { _ in start.uniform(in: log(0.001)...log(0.1)) }
      logAReal = start.parameter(shape: [channels, pairs]) { _ in log(0.5) }
      aImag = start.parameter(shape: [channels, pairs]) { .pi * Double($0 % pairs) }
      cReal = start.parameter(shape: [channels, 2, pairs]) { _ in half * start.normal() }
      cImag = start.parameter(shape: [channels, 2, pairs]) { _ in half * start.normal() }
      d = start.parameter(shape: [channels, 1]) { _ in start.normal() }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      x.s4d(logDt: logDt, logAReal: logAReal, aImag: aImag, cReal: cReal, cImag: cImag) + x * d
    }

    var state: [NamedTensor] {
      [
        NamedTensor("log_dt", logDt), NamedTensor("log_A_real", logAReal), NamedTensor("A_imag", aImag),
        NamedTensor("C_real", cReal), NamedTensor("C_imag", cImag), NamedTensor("D", d),
      ]
    }
  }
}
