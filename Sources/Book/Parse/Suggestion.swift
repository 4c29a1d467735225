/// The candidate that someone who wrote `word` most likely meant, or nil when none is near.
///
/// Near means at most a third of the word's letters changed, where inserting, leaving out, replacing a letter and
/// swapping two neighbours each count one (optimal string alignment); case costs nothing, and of one or two letters none
/// may change. Ties go to the first in order.
public func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
  let limit = (word.count + 1) / 3 - (word.count == 2 ? 1 : 0)
  var best: (distance: Int, candidate: String)?
  for candidate in candidates.sorted() where candidate != word && abs(candidate.count - word.count) <= limit {
    let distance = editDistance(word.lowercased(), candidate.lowercased())
    if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.candidate
}

/// How many insertions, deletions, replacements and swaps of neighbours turn `a` into `b`.
func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a.prefix(200)), b = Array(b.prefix(200))
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var beforePrevious = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    for j in 1...b.count {
      var cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforePrevious[j - 2] + 1) }
      row.append(cost)
    }
    (beforePrevious, previous) = (previous, row)
  }
  return previous[b.count]
}

/// "did you mean 'epochs'?", or what there is to choose from when nothing is near.
func didYouMean(_ word: String, among candidates: some Collection<String>, plural: String) -> [String] {
  if let near = suggestion(for: word, among: candidates) { return ["did you mean '\(near)'?"] }
  let names = Set(candidates).sorted()
  guard !names.isEmpty else { return ["there are no \(plural) here"] }
  let shown = names.prefix(30).joined(separator: ", ")
  return ["\(plural): \(shown)\(names.count > 30 ? ", … (\(names.count) in all)" : "")"]
}
