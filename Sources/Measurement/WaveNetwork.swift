import Foundation

/// A small network that says of every 4 ms of every lead whether it is part of a P wave, a QRS complex, a T wave or
/// none.
///
/// It has 17 thousand weights of one byte each; two that began elsewhere are averaged. Leads go through it side by
/// side, and at two of its scales each also sees the mean of all: a P wave that is lost in one lead's noise is found
/// where others show it. Everything works with any number of leads from one on. Its shape is that of Ronneberger,
/// Fischer & Brox, "U-Net", MICCAI 2015, arXiv:1505.04597, in one dimension; a lead's context is that of Zaheer et al.,
/// "Deep Sets", NeurIPS 2017, arXiv:1703.06114.
///
/// It was trained by `Tests/Bench/wave_network.py` on the records 1 to 70 of LUDB (Kalyakulina et al., IEEE Access 8
/// (2020), 186181-186190, doi:10.1109/ACCESS.2020.3029211; ODC-By 1.0), with the boundaries that a cardiologist marked
/// in each lead, and then on the T ends of 16 records of QTDB (Laguna et al., Computers in Cardiology 24 (1997),
/// 673-676, doi:10.13026/C24K53; ODC-By 1.0), two leads of a Holter each. LUDB's records 71 to 200 took no part.
struct WaveNetwork: Sendable {
  static let rate = 250.0  // Hz
  static let classes = 4  // none, P, QRS, T

  /// Layers in the order of the weights: down to an eighth of 125 Hz, up again, and out.
  private let e0, e1, e2, e2Mean, e3, e3Mean, e4, d2, d1, d0, out: Convolution

  /// The members that were trained, each from another beginning; what they say is averaged.
  static let trained: [WaveNetwork] = {
    var weights = PackedWeights(waveNetworkWeights)
    var members: [WaveNetwork] = []
    while !weights.isAtEnd { members.append(WaveNetwork(&weights)) }
    return members
  }()

  /// - Parameter leads: `[lead][sample]` at 250 Hz, in mV, without wander (``withoutWander(_:rate:)``), of one length.
  /// - Returns: per lead the probabilities `[class][sample]`, the mean of all members.
  static func probabilities(of leads: [[Float]]) -> [[[Float]]] {
    guard let first = trained.first else { return leads.map { _ in [[Float]](repeating: [], count: classes) } }
    var sum = first.probabilities(of: leads)
    for member in trained.dropFirst() {
      let other = member.probabilities(of: leads)
      for lead in sum.indices {
        for k in 0..<classes { for i in sum[lead][k].indices { sum[lead][k][i] += other[lead][k][i] } }
      }
    }
    let share = 1 / Float(trained.count)
    for lead in sum.indices { for k in 0..<classes { for i in sum[lead][k].indices { sum[lead][k][i] *= share } } }
    return sum
  }

  private init(_ weights: inout PackedWeights) {
    let (a, b, c, d) = (12, 16, 16, 16)
    e0 = weights.convolution(inputs: 8, outputs: a, width: 7)
    e1 = weights.convolution(inputs: a, outputs: b, width: 7, stride: 2)
    (e2, e2Mean) = weights.convolution(inputs: 2 * b, outputs: c, width: 5, stride: 2).halves()
    (e3, e3Mean) = weights.convolution(inputs: 2 * c, outputs: d, width: 5, stride: 2).halves()
    e4 = weights.convolution(inputs: d, outputs: d, width: 7, dilation: 2)
    d2 = weights.convolution(inputs: d + c, outputs: c, width: 5)
    d1 = weights.convolution(inputs: c + b, outputs: b, width: 5)
    d0 = weights.convolution(inputs: b + a, outputs: a, width: 7)
    out = weights.convolution(inputs: a, outputs: 2 * Self.classes, width: 3)
  }

  private func probabilities(of leads: [[Float]]) -> [[[Float]]] {
    let count = leads.map(\.count).min() ?? 0
    var result = [[[Float]]](
      repeating: [[Float]](repeating: [Float](repeating: 0, count: count), count: Self.classes), count: leads.count)
    guard count > 0 else { return result }
    // Stretches that overlap by more than what the network sees around a sample.
    let (window, margin) = (4096, 512)
    var start = 0
    while start < count {
      let end = min(count, start + window)
      let part = probabilities(ofStretch: leads.map { Array($0[start..<end]) })
      let from = start == 0 ? 0 : start + margin / 2
      for lead in leads.indices {
        for k in 0..<Self.classes {
          for i in from..<end { result[lead][k][i] = part[lead][k * (end - start) + i - start] }
        }
      }
      if end == count { break }
      start += window - margin
    }
    return result
  }

  /// - Returns: per lead `[class × sample]`.
  private func probabilities(ofStretch leads: [[Float]]) -> [[Float]] {
    let count = leads[0].count
    let inputs = features(of: leads, length: (count + 15) / 16 * 16)
    let levels0 = inputs.map { e0($0) }
    let levels1 = levels0.map { e1($0) }
    let shared2 = e2Mean(FeatureMap.mean(levels1), rectified: false)
    let levels2 = levels1.map { e2($0, plus: shared2) }
    let shared3 = e3Mean(FeatureMap.mean(levels2), rectified: false)
    return leads.indices.map { lead in
      let level3 = e3(levels2[lead], plus: shared3)
      let level4 = e4(level3) + level3
      let up2 = d2(level4.doubled.joined(with: levels2[lead]))
      let up1 = d1(up2.doubled.joined(with: levels1[lead]))
      let up0 = d0(up1.doubled.joined(with: levels0[lead]))
      return softmax(out(up0, rectified: false), count: count)
    }
  }

  /// What the network sees of each lead, `[8, 125 Hz samples]`: the lead at two gains, and the speed and size of all
  /// leads together, two samples of 250 Hz side by side.
  private func features(of leads: [[Float]], length: Int) -> [FeatureMap] {
    let count = leads[0].count
    var speed = [Float](repeating: 0, count: length)
    var size = [Float](repeating: 0, count: length)
    for lead in leads {
      for i in 0..<length {
        let value = lead[min(i, count - 1)]
        size[i] += value * value
        if i > 0, i + 1 < count {
          let slope = (lead[i + 1] - lead[i - 1]) * 125
          speed[i] += slope * slope
        }
      }
    }
    for i in 0..<length {
      speed[i] = asinh((speed[i] / Float(leads.count)).squareRoot() / 2) / 2 - 0.5
      size[i] = asinh((size[i] / Float(leads.count)).squareRoot() * 10) / 2 - 0.5
    }
    return leads.map { lead in
      var map = FeatureMap(channels: 8, length: length / 2)
      for i in 0..<length {
        let (phase, at) = (i % 2, i / 2)
        let value = lead[min(i, count - 1)]
        map.values[phase * map.length + at] = asinh(value * 10) / 2
        map.values[(2 + phase) * map.length + at] = asinh(value * 2)
        map.values[(4 + phase) * map.length + at] = speed[i]
        map.values[(6 + phase) * map.length + at] = size[i]
      }
      return map
    }
  }

  /// - Parameter map: `[classes × 2, 125 Hz samples]`, for each class the first and the second of two samples.
  private func softmax(_ map: FeatureMap, count: Int) -> [Float] {
    var result = [Float](repeating: 0, count: Self.classes * count)
    for i in 0..<count {
      var largest = -Float.infinity
      for k in 0..<Self.classes { largest = max(largest, map.values[(2 * k + i % 2) * map.length + i / 2]) }
      var sum: Float = 0
      for k in 0..<Self.classes {
        let value = exp(map.values[(2 * k + i % 2) * map.length + i / 2] - largest)
        result[k * count + i] = value
        sum += value
      }
      for k in 0..<Self.classes { result[k * count + i] /= sum }
    }
    return result
  }
}

/// `[channels, length]`, row after row.
private struct FeatureMap {
  let channels: Int, length: Int
  var values: [Float]

  init(channels: Int, length: Int) {
    (self.channels, self.length) = (channels, length)
    values = [Float](repeating: 0, count: channels * length)
  }

  static func mean(_ maps: [FeatureMap]) -> FeatureMap {
    var mean = maps[0]
    for map in maps.dropFirst() { for i in mean.values.indices { mean.values[i] += map.values[i] } }
    for i in mean.values.indices { mean.values[i] /= Float(maps.count) }
    return mean
  }

  static func + (left: FeatureMap, right: FeatureMap) -> FeatureMap {
    var sum = left
    for i in sum.values.indices { sum.values[i] += right.values[i] }
    return sum
  }

  /// Each sample twice.
  var doubled: FeatureMap {
    var result = FeatureMap(channels: channels, length: 2 * length)
    for i in values.indices { (result.values[2 * i], result.values[2 * i + 1]) = (values[i], values[i]) }
    return result
  }

  /// The channels of both.
  func joined(with other: FeatureMap) -> FeatureMap {
    var result = FeatureMap(channels: 0, length: length)
    result = FeatureMap(channels: channels + other.channels, length: length, values: values + other.values)
    return result
  }

  private init(channels: Int, length: Int, values: [Float]) {
    (self.channels, self.length, self.values) = (channels, length, values)
  }
}

/// A convolution in time, with zeros beyond the ends: `[inputs, length] -> [outputs, length / stride]`.
private struct Convolution {
  let inputs: Int, outputs: Int, width: Int, stride: Int, dilation: Int
  let weights: [Float]  // [outputs, inputs, width]
  let bias: [Float]

  /// The part that the first half of the inputs has in the result, with the bias, and that of the second half without.
  func halves() -> (Convolution, Convolution) {
    let half = inputs / 2 * width
    let rows = (0..<outputs).map { $0 * inputs * width }
    func part(_ from: Int, bias: [Float]) -> Convolution {
      Convolution(
        inputs: inputs / 2, outputs: outputs, width: width, stride: stride, dilation: dilation,
        weights: rows.flatMap { weights[$0 + from..<$0 + from + half] }, bias: bias)
    }
    return (part(0, bias: bias), part(half, bias: [Float](repeating: 0, count: outputs)))
  }

  /// - Parameters:
  ///   - addend: `[outputs, length / stride]`, added before the rectification.
  ///   - rectified: whether what is negative becomes 0.
  func callAsFunction(_ map: FeatureMap, plus addend: FeatureMap? = nil, rectified: Bool = true) -> FeatureMap {
    precondition(map.channels == inputs && map.length % stride == 0, "\(map.channels) channels for \(inputs)")
    var result = FeatureMap(channels: outputs, length: map.length / stride)
    let length = result.length
    precondition(addend.map { $0.values.count == result.values.count } ?? true)
    // Each input row with zeros around it, its samples sorted by their place in a stride, so that a tap is one shift.
    let reach = width / 2 * dilation
    let pad = (reach + stride - 1) / stride + 4
    let rowLength = length + 2 * pad
    var rows = [Float](repeating: 0, count: inputs * stride * rowLength)
    for channel in 0..<inputs {
      for phase in 0..<stride {
        let to = (channel * stride + phase) * rowLength + pad
        for t in 0..<length { rows[to + t] = map.values[channel * map.length + t * stride + phase] }
      }
    }
    rows.withUnsafeBufferPointer { rows in
      result.values.withUnsafeMutableBufferPointer { values in
        guard let rows = rows.baseAddress, let values = values.baseAddress else { return }
        for output in 0..<outputs {
          let row = values + output * length
          for t in 0..<length { row[t] = bias[output] }
          for channel in 0..<inputs {
            let first = (output * inputs + channel) * width
            func tap(_ k: Int) -> (UnsafePointer<Float>, Float) {
              guard k < width else { return (rows, 0) }
              let offset = k * dilation - reach
              let phase = ((offset % stride) + stride) % stride
              return (
                rows + (channel * stride + phase) * rowLength + pad + (offset - phase) / stride, weights[first + k]
              )
            }
            for k in Swift.stride(from: 0, to: width, by: 4) {
              let ((x0, w0), (x1, w1), (x2, w2), (x3, w3)) = (tap(k), tap(k + 1), tap(k + 2), tap(k + 3))
              var t = 0
              while t < length {
                row[t] += (w0 * x0[t] + w1 * x1[t]) + (w2 * x2[t] + w3 * x3[t])
                t &+= 1
              }
            }
          }
        }
      }
    }
    if let addend { for i in result.values.indices { result.values[i] += addend.values[i] } }
    if rectified { for i in result.values.indices { result.values[i] = max(0, result.values[i]) } }
    return result
  }
}

/// The weights as they are stored: per layer and output a scale and a bias of 32 bits each, then a signed byte per
/// weight.
private struct PackedWeights {
  private let bytes: [UInt8]
  private var position = 0
  var isAtEnd: Bool { position >= bytes.count }

  init(_ base64: String) {
    bytes = Data(base64Encoded: base64, options: .ignoreUnknownCharacters).map(Array.init) ?? []
  }

  mutating func convolution(
    inputs: Int, outputs: Int, width: Int, stride: Int = 1, dilation: Int = 1
  ) -> Convolution {
    var (weights, bias): ([Float], [Float]) = ([], [])
    for _ in 0..<outputs {
      let scale = float()
      bias.append(float())
      for _ in 0..<inputs * width { weights.append(scale * Float(Int8(bitPattern: byte()))) }
    }
    return Convolution(
      inputs: inputs, outputs: outputs, width: width, stride: stride, dilation: dilation, weights: weights, bias: bias)
  }

  private mutating func byte() -> UInt8 {
    defer { position += 1 }
    return position < bytes.count ? bytes[position] : 0
  }

  private mutating func float() -> Float {
    var bits: UInt32 = 0
    for shift in 0..<4 { bits |= UInt32(byte()) << UInt32(8 * shift) }
    return Float(bitPattern: bits)
  }
}
