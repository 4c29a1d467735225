import Measurement
import WFDB
enum NormalLimits {
  enum Quantity { case rate, pr, qrs, qtc, p, pAxis, qrsAxis, tAxis }
  struct Limits { var lower, upper: Double?; var words: String { "" }; func isAbove(_ x: Double) -> Bool { false }; func isBelow(_ x: Double) -> Bool { false } }
  static let source = ""
  static func limits(of: Quantity, age: Double?, sex: Subject.Sex?) -> Limits? { nil }
}
extension Record { var derivedLeads: [String] { [] }; var missingLeads: [String] { [] } }
