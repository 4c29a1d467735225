/// What a header's comments say of the person: age and sex, and nothing that names anyone.
public struct Subject: Sendable, Equatable {
  public enum Sex: String, Sendable, Codable, CaseIterable { case female, male }
  public var age: Double?  // years
  public var sex: Sex?
  public init(age: Double? = nil, sex: Sex? = nil) { (self.age, self.sex) = (age, sex) }

  /// Reads `Age: 74` and `Sex: Male` (PTB, the PhysioNet challenges), `<age>: 25  <sex>: M` (INCART, LUDB), and a line that
  /// begins with both, `69 M 1085 1629 x1` (MIT-BIH). Ages outside 0 to 120 are no ages: `NaN`, -1, and PTB-XL's 300, which
  /// stands for over 89.
  public init(comments: [String]) {
    for comment in comments {
      let words = comment.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "-" }
      for (word, next) in zip(words, words.dropFirst()) {
        if word == "age", age == nil { age = Self.age(next) }
        if word == "sex" || word == "gender", sex == nil { sex = Self.sex(next) }
      }
      if words.count >= 2, age == nil, sex == nil, let years = Self.age(words[0]), let kind = Self.sex(words[1]) {
        (age, sex) = (years, kind)
      }
    }
  }

  private static func age(_ word: Substring) -> Double? {
    guard let years = Double(word), (0...120).contains(years) else { return nil }
    return years
  }

  private static func sex(_ word: Substring) -> Sex? {
    switch word {
    case "m", "male", "man": .male
    case "f", "female", "woman": .female
    default: nil
    }
  }
}
