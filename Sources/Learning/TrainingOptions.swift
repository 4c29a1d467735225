import Networks

/// What a training is asked to do; with the data it determines the weights. The number of threads is no part of it.
public struct TrainingOptions: Sendable, Codable, Equatable {
  public var architecture: Architecture = .resNet1D
  public var epochs = 10
  public var batch = 128  // of one process
  /// As many as computed it together, or as were to: a step learns from the batches of all. Nil for one.
  public var processes: Int?
  /// The records whose statistics normalize together, and that one thread computes; see ``Learner``.
  public var ghostBatch = 32
  public var maximumRate = 3e-3
  /// The highest rate of ``Muon``, which then moves the weights of hidden layers; nil leaves them to ``AdamW``. Both rates
  /// follow the same cycle.
  public var muonRate: Double?
  public var decay = 0.01
  public var seed = 1
  /// What the network sees at once, and the step of the windows it is validated and tested on; nil takes the
  /// architecture's own seconds, and half of it.
  public var windowSeconds: Double?
  public var device = "cpu"
  public var computesInBFloat16 = false
  /// The decay per step of the average of the weights, which is what is validated and kept (Polyak & Juditsky, SIAM J.
  /// Control Optim. 30, 1992); 0 keeps the weights themselves.
  public var average = 0.0
  /// Labels of 0 and 1 become s/2 and 1 − s/2 (Szegedy et al., arXiv:1512.00567).
  public var smoothing = 0.0
  /// The norm above which a step's gradients are scaled down to it; nil for none.
  public var clipping: Double?
  /// Two records and their labels are mixed, the first by a share of Beta(m, m) (Zhang et al., arXiv:1710.09412); 0 mixes none.
  public var mixing = 0.0
  /// Epochs without a better one after which training ends; nil goes on to the last.
  public var patience: Int?
  /// The teacher's share of the targets, 0...1; used where there is one.
  public var distillation = 0.5
  /// What a label learned beside the network's own counts in the loss; nil for 1, as its own do.
  public var auxiliaryWeight: Double?
  public var augmentation = Augmentation()
  /// What of the network learns; nil for all of it.
  public var learned: Learned?

  public enum Learned: String, Sendable, Codable {
    /// The layer that gives the outputs, which is linear, on an encoder that keeps its random first weights: a baseline
    /// that says how much the learned encoder is worth.
    case lastLayer = "last-layer"
  }

  public init() {}

  /// The records of a step, over all processes.
  public var wholeBatch: Int { batch * max(1, processes ?? 1) }

  public func windows(at rate: Double) -> Windows {
    let samples = Int(((windowSeconds ?? architecture.windowSeconds) * rate).rounded())
    return Windows(samples: samples, stride: max(1, samples / 2))
  }
}
