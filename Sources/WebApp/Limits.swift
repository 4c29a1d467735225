/// What a server takes on, and no more; each limit has an answer of its own that says it.
public struct Limits: Sendable, Equatable {
  /// Of a request's body; more is answered by 413.
  public var bodyBytes = 32 << 20
  /// Of all bodies that are held at the same time; more is answered by 503.
  public var bodiesBytes = 512 << 20
  /// Recordings that are worked on at the same time; the others wait.
  public var atOnce = 2
  /// Recordings that wait; more is answered by 503.
  public var waiting = 256
  /// Recordings of one address that are worked on or wait; more is answered by 429.
  public var perClient = 32
  /// A recording that had to wait so long is answered by 503.
  public var waitingTime = Duration.seconds(120)
  /// A body that takes longer to arrive is answered by 408.
  public var bodyTime = Duration.seconds(60)
  /// Of the child that reads files.
  public var readingTime = Duration.seconds(15)
  public var childBytes: UInt64 = 2 << 30
  public var childSeconds: UInt32 = 10
  /// A longer recording is refused.
  public var recordingSeconds = 300
  /// Recordings that are kept in memory for those who sent them; then the oldest goes.
  public var readings = 500
  /// Of their files; then the oldest goes.
  public var readingsBytes = 512 << 20
  /// How long they are kept after they were last asked for.
  public var keepingTime = Duration.seconds(1800)
  /// Connections that are open at the same time.
  public var connections = 1024

  public init() {}
}
