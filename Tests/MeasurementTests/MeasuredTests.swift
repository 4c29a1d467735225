import Measurement
import Testing

@Suite struct MeasuredTests {
  @Test func isAValueOrAReason() {
    #expect(Measured.value(3).value == 3 && Measured.value(3).reason == nil)
    #expect(Measured.absent(reason: "no beat").value == nil && Measured.absent(reason: "no beat").reason == "no beat")
  }
}
