import WFDB

extension ECGMeasurement {
  /// The waves of a lead as MIT annotations in LUDB's form: for each wave `(`, the peak as `p`, `N` or `t`, and `)`.
  ///
  /// Where two waves touch, so that one would end after the next begins, the end is drawn back to it, and each wave's
  /// three stand together.
  public func annotations(of waves: LeadWaves) -> Annotations {
    var list: [Annotation] = []
    var last = 0
    for (i, wave) in waves.waves.enumerated() {
      let next = i + 1 < waves.waves.count ? waves.waves[i + 1].onset ?? waves.waves[i + 1].peak : Int.max
      let code: AnnotationCode =
        switch wave.kind {
        case .p: .pWave
        case .qrs: .normal
        case .t: .tWave
        }
      func add(_ sample: Int, _ code: AnnotationCode) {
        last = max(last, sample)
        list.append(Annotation(sample: last, code: code))
      }
      if let onset = wave.onset { add(onset, .waveOnset) }
      add(min(wave.peak, max(next, wave.onset ?? wave.peak)), code)
      if let end = wave.end { add(min(end, max(next, wave.peak)), .waveEnd) }
    }
    return Annotations(list)
  }

  /// Writes one annotation file per lead, as LUDB has them: `FOLDER/RECORD.LEAD`, the lead's name in lower case.
  ///
  /// Each is written aside and renamed. Characters of names that a file name should not hold become `_`.
  /// - Parameters:
  ///   - record: the record's name.
  ///   - folder: exists.
  /// - Returns: the paths, one per lead.
  /// - Throws: `RecordError` when a file cannot be written.
  @discardableResult
  public func writeAnnotations(record: String, to folder: String) throws(RecordError) -> [String] {
    var paths: [String] = []
    for waves in leadWaves {
      var path = "\(folder)/\(fileName(record)).\(fileName(waves.lead.lowercased()))"
      // Two leads of one name: the second gets its number.
      if paths.contains(path) { path += "_\(paths.count + 1)" }
      try annotations(of: waves).write(to: path)
      paths.append(path)
    }
    return paths
  }
}

private func fileName(_ name: String) -> String {
  let allowed = name.unicodeScalars.map { scalar -> Character in
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_-+".unicodeScalars.contains(scalar)
      ? Character(scalar) : "_"
  }
  return allowed.isEmpty ? "record" : String(allowed)
}
