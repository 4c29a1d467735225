import CSandbox

/// What a process gave up before it read foreign bytes; as much as its system knows and allows.
public struct Confinement: OptionSet, Sendable {
  public let rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Memory, processor time and open files are limited.
  public static let limits = Confinement(rawValue: Int32(SANDBOX_LIMITS))
  /// No program that it starts could have more rights.
  public static let privileges = Confinement(rawValue: Int32(SANDBOX_PRIVILEGES))
  /// It may read the files of one folder and open no other (Landlock).
  public static let files = Confinement(rawValue: Int32(SANDBOX_FILES))
  /// No network, no other program, no change to files, system or other processes (seccomp).
  public static let calls = Confinement(rawValue: Int32(SANDBOX_CALLS))

  /// Confines this process for good. It must have one thread alone.
  /// - Parameters:
  ///   - folder: what it may still read.
  ///   - bytes: of address space.
  ///   - seconds: of processor time, after which the system ends it.
  public static func apply(reading folder: String, bytes: UInt64, seconds: UInt32) -> Confinement {
    Confinement(rawValue: sandbox_confine(folder, bytes, seconds))
  }

  /// As `/health` and the log name them.
  public var names: [String] {
    [(Self.limits, "limits"), (.privileges, "no-new-privileges"), (.files, "landlock"), (.calls, "seccomp")]
      .filter { contains($0.0) }.map(\.1)
  }
}
