import Measurement
import WFDB
import Testing

@Suite struct NormalLimitsTests {
  @Test func differBySexAndAge() {
    let (woman, man) = (NormalLimits(age: 50, sex: .female), NormalLimits(age: 50, sex: .male))
    #expect(woman.qtc?.position(of: 455) == .within && man.qtc?.position(of: 455) == .above)
    #expect(man.qtc?.position(of: 390) == .below)
    #expect(man.qrs?.position(of: 110) == .within && man.qrs?.position(of: 112) == .above)
    #expect(man.qrsAxis?.position(of: -45) == .below)
    #expect(NormalLimits(age: 3, sex: .male).qrs?.position(of: 90) == .above)
    #expect(NormalLimits(age: 10, sex: .male).qrs?.position(of: 99) == .within)
  }

  @Test func saysNothingWhereNoFigureIsKnown() {
    let child = NormalLimits(age: 5, sex: nil)
    #expect(child.rate == nil && child.pr == nil && child.qtc == nil)
    #expect(NormalLimits(age: -1, sex: nil).qrs == nil)
  }

  @Test func saysOnWhatItRests() {
    let unknown = NormalLimits(age: nil, sex: nil)
    #expect(unknown.qtc?.note == "sex unknown: the limit of women; men's is 449 ms; age unknown: limits of adults")
    for limit in [unknown.rate, unknown.p, unknown.pr, unknown.qrs, unknown.qtc, unknown.qrsAxis] {
      #expect(limit?.source.contains("doi:10.") == true)
    }
  }
}
