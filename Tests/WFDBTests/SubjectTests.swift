import Testing
import WFDB

@Suite struct SubjectTests {
  @Test(arguments: [
    (["Age: 74", "Sex: Male"], 74, .male), (["age: 81", "sex: female"], 81, .female),
    (["<age>: 25  <sex>: M  <diagnoses>: (none)"], 25, .male), (["69 M 1085 1629 x1"], 69, .male),
    (["Age: NaN", "Sex: Unknown"], nil, nil), (["Age: 300"], nil, nil), (["Smoker: no", "Dosage 12 F"], nil, nil),
    (["Age: 34", "Gender: Female"], 34, .female), ([], nil, nil),
  ] as [([String], Double?, Subject.Sex?)])
  func readsAgeAndSex(comments: [String], age: Double?, sex: Subject.Sex?) {
    #expect(Subject(comments: comments) == Subject(age: age, sex: sex))
  }
}
