import Foundation

/// Files as they were sent, with what was said beside them.
struct Upload: Sendable {
  struct File: Sendable {
    var name: String
    var content: ArraySlice<UInt8>
  }
  var files: [File]
  var person = Person()
  /// What the files are slices of, for as long as they are held.
  var body: any AnyObject & Sendable = Nothing()
  private final class Nothing: Sendable {}

  /// What the files may not say.
  struct Person: Sendable, Equatable {
    var age: Double?  // years
    var sex: String?  // "female", "male"
  }

  static let mostFiles = 32

  /// - Throws: ``UploadRefusal``, when there is none, or a name is more than a name.
  init(files: [File], person: Person = Person()) throws {
    guard !files.isEmpty else { throw UploadRefusal("no file was sent; choose a recording: .hea with .dat, .scp, .dcm, .xml, .edf or .csv") }
    guard files.count <= Self.mostFiles else { throw UploadRefusal("\(files.count) files were sent; expected at most \(Self.mostFiles)") }
    let files = files.map { file in
      // A name in pieces, as macOS sends it, is the same name; endings are written small, as a header names its signal file.
      var file = file
      file.name = file.name.precomposedStringWithCanonicalMapping
      for ending in [".HEA", ".DAT", ".MAT"] where file.name.hasSuffix(ending) { file.name = file.name.dropLast(4) + ending.lowercased() }
      return file
    }
    for file in files {
      guard Self.isPlain(file.name) else {
        throw UploadRefusal(
          "the file name '\(file.name.prefix(80))' is not plain; expected letters, digits, '.', '_', '-' and blanks, at most 128")
      }
      guard !file.content.isEmpty else { throw UploadRefusal("\(file.name) is empty") }
    }
    let names = files.map { $0.name.lowercased() }
    guard Set(names).count == names.count else { throw UploadRefusal("two files have the same name") }
    (self.files, self.person) = (files, person)
  }

  private static func isPlain(_ name: String) -> Bool {
    (1...128).contains(name.utf8.count) && !name.hasPrefix(".") && !name.hasPrefix("-")
      && name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil || "._- ()+,'".unicodeScalars.contains($0) }
      && !name.contains("..")
  }

  /// Writes the files into a folder, made for them alone.
  func write(to folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for file in files { try Data(file.content).write(to: URL(filePath: folder + "/" + file.name)) }
  }
}

extension Upload.Person {
  /// - Throws: ``UploadRefusal`` when an age is no age, or a sex none of the two that limits are known for.
  init(age: String?, sex: String?) throws {
    if let age, !age.isEmpty {
      guard let years = Double(age), (0...120).contains(years) else { throw UploadRefusal("the age is '\(age.prefix(20))'; expected 0 to 120 years") }
      self.age = years
    }
    if let sex, !sex.isEmpty, sex != "unknown" {
      guard ["female", "male"].contains(sex) else { throw UploadRefusal("the sex is '\(sex.prefix(20))'; expected female or male, or nothing") }
      self.sex = sex
    }
  }
}
