import Measurement
import TestSupport
import Testing

@Suite struct QRSDetectorTests {
  private func peaks(_ heart: KnownHeart) -> [Double] { heart.onsets.map { $0 + 0.5 * heart.qrsWidth } }

  @Test(arguments: [100.0, 125, 128, 200, 250, 257, 360, 500, 1000]) func findsEachBeatAtAnyRate(rate: Double) {
    let heart = KnownHeart(rate: rate, seconds: 30, noise: 0.02)
    let found = QRSDetector(samplingRate: rate).beats(in: [heart.lead(angle: 0), heart.lead(angle: 60, seed: 2)])
    #expect(found.count == heart.onsets.count)
    for (sample, time) in zip(found, peaks(heart)) { #expect(abs(Double(sample) / rate - time) < 0.02) }
  }

  @Test(arguments: [0.1, 0.5, 5]) func doesNotCareHowLargeTheBeatsAre(scale: Double) {
    var heart = KnownHeart(seconds: 20)
    (heart.qrsAmplitude, heart.tAmplitude, heart.pAmplitude) = (scale, 0.3 * scale, 0.1 * scale)
    #expect(QRSDetector(samplingRate: 500).beats(in: [heart.lead(angle: 30)]).count == heart.onsets.count)
  }

  @Test func takesNoTallTWaveForABeat() {
    var heart = KnownHeart(seconds: 20)
    heart.tAmplitude = 2  // of a complex of 1.2 mV
    #expect(QRSDetector(samplingRate: 500).beats(in: [heart.lead(angle: 30)]).count == heart.onsets.count)
  }

  @Test func findsNoBeatInAPause() {
    let heart = KnownHeart(seconds: 30, rr: [0.8, 0.8, 0.8, 0.8, 0.8, 5], noise: 0.01)
    #expect(QRSDetector(samplingRate: 500).beats(in: [heart.lead(angle: 30)]).count == heart.onsets.count)
  }

  @Test func goesOnAfterWhatIsMissing() {
    let heart = KnownHeart(seconds: 30)
    var lead = heart.lead(angle: 30)
    for i in 5000..<8000 { lead[i] = .nan }
    let found = QRSDetector(samplingRate: 500).beats(in: [lead])
    let there = peaks(heart).filter { !(9.9...16.1).contains($0) }
    for time in there { #expect(found.contains { abs(Double($0) / 500 - time) < 0.02 }) }
    #expect(!found.contains { (5100..<7900).contains($0) })
  }

  @Test func findsNothingWhereNothingIs() {
    let detector = QRSDetector(samplingRate: 500)
    #expect(detector.beats(in: [[Float]]()).isEmpty)
    #expect(detector.beats(in: [[Float](repeating: 1, count: 10)]).isEmpty)
    #expect(detector.beats(in: [[Float](repeating: 1, count: 5000)]).isEmpty)
    #expect(detector.beats(in: [[Float](repeating: .nan, count: 5000)]).isEmpty)
    #expect(QRSDetector(samplingRate: .nan).beats(in: [[Float](repeating: 1, count: 5000)]).isEmpty)
  }
}
