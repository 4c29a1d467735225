import Foundation

/// When a recording is read, read with warnings, or not read: every limit in one place.
///
/// The limits are conventions of this project. They were chosen on folds 1 to 8 of PTB-XL (Wagner et al., Sci. Data 7
/// (2020), 154) so that at most one of twenty of its recordings is warned of, and that a P wave, 0.1 to 0.2 mV high,
/// can still be told from what disturbs it.
public struct QualityRule: Sendable, Equatable {
  /// Standard deviation of a lead above 20 Hz and outside QRS complexes, in µV, in a second.
  public var noisy = 40.0
  public var tooNoisy = 100.0
  /// Peak to peak below about 0.5 Hz, in mV.
  public var drifting = 1.0  // a note
  public var wandering = 3.0
  public var wanderingTooFar = 6.0
  public var strayingInASecond = 0.5  // where it wanders too far
  /// Amplitude of 50 or 60 Hz, in µV.
  public var humming = 50.0
  /// Consecutive seconds with a range under `flatRange` mV are flat.
  public var flatSeconds = 2.0
  public var flatRange = 0.02
  /// mV, peak to peak in a second: less is no signal. s, in a second: as long may be cut off.
  public var still = 0.0005
  public var cutOff = 0.04
  /// A share of missing samples that is worth a warning.
  public var missing = 0.02
  /// mV: no electrode on skin gives more.
  public var greatest = 15.0
  /// mV, peak to peak: less is a low amplitude.
  public var low = 0.15
  /// The recording: seconds that a lead needs to be readable, the share of the recording if that is less, and leads.
  public var readableSeconds = 5.0
  public var readableShare = 0.5
  public var readableLeads = 0.5  // a share
  public var shortest = 2.0
  /// How much more plausible a swap must be than the leads as they are named: a natural logarithm of odds.
  public var swapOdds = 3.0  // twenty to one

  public init() {}
  public static let standard = QualityRule()

  /// The rule in words, printed wherever a verdict is.
  public var text: String {
    """
    Unreadable, so that no interpretation is given: shorter than \(shortest.short) s, or fewer than half of the leads \
    with \(readableSeconds.short) readable seconds (half of a shorter recording). A second of a lead is readable when \
    all its samples are there, at most \((1000 * cutOff).short) ms of it are cut off, it is neither still within \
    \((1000 * still).short) µV nor flat for \(flatSeconds.short) s while the heart beats or for half of the recording, \
    its noise above 20 Hz outside QRS complexes is at most \(tooNoisy.short) µV, and, where the baseline strays by \
    more than \(wanderingTooFar.short) mV in all, it strays by at most \(strayingInASecond.short) mV in that second. \
    Limited, with a warning: a lead noisier than \(noisy.short) µV for 2 s, wandering by more than \
    \(wandering.short) mV, humming by more than \(humming.short) µV, flat for \(flatSeconds.short) s, \
    cut off, beyond \(greatest.short) mV, in an unknown unit, or lacking more than \((100 * missing).short) % of its \
    samples; limb leads that break Einthoven's law by more than 60 % or show nothing; leads that are identical; \
    electrodes that are exchanged with odds of more than \(exp(swapOdds).rounded().short) to 1.
    """
  }
}
