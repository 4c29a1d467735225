extension SCP {
  /// The reading that came with a recording, as section 8 or section 11 has it.
  ///
  /// ```
  /// state 1: 0 original, 1 confirmed, 2 overread but not confirmed; date 4, time 3; number of statements 1
  /// each: its number 1, length 2, section 11: kind 1; the text
  /// ```
  /// In section 11 a statement is a code, and what goes with it: `AMI`, `PROB`. Sources: EN 1064, 5.11 and 5.14, Annex
  /// B.
  struct Statements {
    private(set) var statements: [String] = []
    /// Nil without such a section.
    private(set) var isConfirmed: Bool?

    /// What was read before a fault stays.
    mutating func read(_ section: inout ByteReader, encoding: TextEncoding, areCoded: Bool) throws(FormatError) {
      isConfirmed = try section.uint8("state") == 1
      try section.skip(7, "date and time")
      for number in 0..<Int(try section.uint8("number of statements")) {
        try section.skip(1, "number of statement \(number + 1)")
        let length = Int(try section.uint16("length of statement \(number + 1)"))
        let bytes = try section.take(length, "statement \(number + 1)")
        let text =
          areCoded
          ? encoding.texts(bytes.dropFirst()).filter { !$0.isEmpty }.joined(separator: " ") : encoding.text(bytes)
        if !text.isEmpty { statements.append(text) }
      }
    }
  }
}
