import Files

/// What decides whether a cell runs again, part by part, so that a change can be named.
public struct KeyParts: Sendable, Equatable, Codable {
  public var kind: String
  /// Of what computes it.
  public var version: String
  /// The options that enter the compute key, as JSON.
  public var options: [String: Value]
  /// The compute keys of the cells it needs.
  public var needs: [String: Digest]
  /// The digests of what it reads.
  public var inputs: [InputDigest]

  /// SHA-256 over the canonical JSON of the parts.
  func key() throws -> Digest { Digest(of: try CanonicalJSON.data(self, pretty: false)) }

  /// What differs from the parts of an earlier run, in words.
  func differences(from old: KeyParts) -> [String] {
    var changes: [String] = []
    if kind != old.kind { changes.append("its kind was '\(old.kind)'") }
    if version != old.version { changes.append("'\(kind)' has version \(version), it had \(old.version)") }
    func words(_ value: Value?) -> String { value.flatMap { try? CanonicalJSON.text($0, pretty: false) } ?? "nothing" }
    for name in Set(options.keys).union(old.options.keys).sorted() where options[name] != old.options[name] {
      changes.append("option '\(name)' is \(words(options[name])), it was \(words(old.options[name]))")
    }
    for id in Set(needs.keys).union(old.needs.keys).sorted() where needs[id] != old.needs[id] {
      changes.append(
        needs[id] == nil ? "it no longer needs '\(id)'" : old.needs[id] == nil ? "it now needs '\(id)'" : "'\(id)', which it needs, changed")
    }
    let (now, before) = (Set(inputs.map(\.name)), Set(old.inputs.map(\.name)))
    for name in now.union(before).sorted() {
      let digests = inputs.filter { $0.name == name }.map(\.digest), oldDigests = old.inputs.filter { $0.name == name }.map(\.digest)
      if digests == oldDigests { continue }
      changes.append(digests.isEmpty ? "it no longer reads '\(name)'" : oldDigests.isEmpty ? "it now reads '\(name)'" : "the content of '\(name)' changed")
    }
    return changes
  }
}

/// The two keys of a cell.
public struct CellKeys: Sendable, Equatable {
  /// Decides whether it runs: options, needed cells, inputs, version.
  public var compute: Digest
  /// The compute key with what only changes how it looks: captions, sizes, the theme.
  public var render: Digest
  public var parts: KeyParts
}
