// Small arithmetic on series of samples.

/// Fills runs of NaN by straight lines between their neighbours; at the ends by the nearest value, 0 where there is
/// none.
func bridgeGaps(_ series: inout [Float]) {
  var last: Int?  // the last that is there
  for i in series.indices where series[i].isFinite {
    if let from = last {
      if i - from > 1 {
        let step = (series[i] - series[from]) / Float(i - from)
        for k in from + 1..<i { series[k] = series[from] + step * Float(k - from) }
      }
    } else {
      for k in 0..<i { series[k] = series[i] }
    }
    last = i
  }
  guard let last else {
    for i in series.indices { series[i] = 0 }
    return
  }
  for k in last + 1..<max(series.count, last + 1) { series[k] = series[last] }
}

/// The mean over `width` samples around each, over fewer at the ends. An even width reaches one farther back.
func movingMean(_ series: [Float], width: Int) -> [Float] {
  guard width > 1, series.count > 1 else { return series }
  let (back, ahead) = (width / 2, (width - 1) / 2)
  return [Float](unsafeUninitializedCapacity: series.count) { result, count in
    series.withUnsafeBufferPointer { series in
      var sum = 0.0
      for i in 0..<min(ahead, series.count) { sum += Double(series[i]) }
      for i in series.indices {
        if i + ahead < series.count { sum += Double(series[i + ahead]) }
        if i - back - 1 >= 0 { sum -= Double(series[i - back - 1]) }
        let size = min(series.count - 1, i + ahead) - max(0, i - back) + 1
        result[i] = Float(sum / Double(size))
      }
      count = series.count
    }
  }
}

/// The largest value of each window; a last one of less than half its width is left out unless it is the only one.
func maxima(of series: [Float], window: Int) -> [Float] {
  var result: [Float] = []
  var start = 0
  while start < series.count {
    let end = min(series.count, start + window)
    if result.isEmpty || 2 * (end - start) >= window { result.append(series[start..<end].max() ?? 0) }
    start += window
  }
  return result
}

/// About `count` values, evenly spread.
func strided(_ series: [Float], at count: Int) -> [Float] {
  stride(from: 0, to: series.count, by: max(1, series.count / max(1, count))).map { series[$0] }
}

/// The value below which `share` of them lie, between two neighbours by their mean in proportion; 0 of none.
/// - Complexity: O(*n*), since only what lies around that place is put in order.
func quantile<Value: BinaryFloatingPoint>(_ values: [Value], _ share: Double) -> Value {
  guard !values.isEmpty else { return 0 }
  var values = values
  let place = share * Double(values.count - 1)
  let low = min(values.count - 1, max(0, Int(place)))
  let lower = select(low, in: &values)
  guard low + 1 < values.count, let higher = values[(low + 1)...].min() else { return lower }
  return lower + (higher - lower) * Value(place - Double(low))
}

/// The value that would stand at a place if they were sorted; no smaller one stands behind it then, and no larger one
/// before. Source: Hoare, Comm. ACM 4 (1961), 321-322, "FIND".
private func select<Value: BinaryFloatingPoint>(_ place: Int, in values: inout [Value]) -> Value {
  var (first, last) = (0, values.count - 1)
  while first < last {
    // The middle of three, so that what is sorted already takes no longer.
    let (a, b, c) = (values[first], values[first + (last - first) / 2], values[last])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (i, j) = (first, last)
    while i <= j {
      while values[i] < pivot { i += 1 }
      while values[j] > pivot { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        (i, j) = (i + 1, j - 1)
      }
    }
    if place <= j {
      last = j
    } else if place >= i {
      first = i
    } else {
      break
    }
  }
  return values[place]
}

func median<Value: BinaryFloatingPoint>(_ values: [Value]) -> Value { quantile(values, 0.5) }

/// The median, for which the values are put in another order; 0 of none.
func sortedMedian(_ values: inout [Float]) -> Float {
  guard !values.isEmpty else { return 0 }
  values.sort()
  let middle = values.count / 2
  return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
}
