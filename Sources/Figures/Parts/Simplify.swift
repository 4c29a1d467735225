import Drawing

/// The polyline with fewer points, none of the old ones further from it than `tolerance`: corners stay.
///
/// Above `limit` points the tolerance is doubled until they suffice. Source: Douglas & Peucker, Cartographica 10
/// (1973), 112-122.
func simplified(_ points: [Point], tolerance: Double = 0.04, limit: Int = 300) -> [Point] {
  guard points.count > 2 else { return points }
  var tolerance = tolerance
  while true {
    let kept = keep(points, tolerance)
    if kept.count <= max(limit, 2) || tolerance > 1e6 { return kept }
    tolerance *= 2
  }
}

private func keep(_ points: [Point], _ tolerance: Double) -> [Point] {
  var isKept = [Bool](repeating: false, count: points.count)
  (isKept[0], isKept[points.count - 1]) = (true, true)
  var open = [(0, points.count - 1)]
  while let (first, last) = open.popLast() {
    guard last - first > 1 else { continue }
    var (farthest, distance) = (first, tolerance)
    for index in (first + 1)..<last {
      let d = distanceToSegment(points[index], points[first], points[last])
      if d > distance { (farthest, distance) = (index, d) }
    }
    guard farthest != first else { continue }
    isKept[farthest] = true
    open.append((first, farthest))
    open.append((farthest, last))
  }
  return zip(points, isKept).filter(\.1).map(\.0)
}

private func distanceToSegment(_ p: Point, _ a: Point, _ b: Point) -> Double {
  let (dx, dy) = (b.x - a.x, b.y - a.y)
  let length = dx * dx + dy * dy
  let t = length > 0 ? max(0, min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0
  let (ex, ey) = (p.x - a.x - t * dx, p.y - a.y - t * dy)
  return (ex * ex + ey * ey).squareRoot()
}
