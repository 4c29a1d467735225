import Files

extension Safetensors {
  /// Reads a file.
  /// - Throws: `FileError`, or ``ModelError`` that names the file and what breaks the format.
  public init(file path: String) throws {
    let data = try readFile(path)
    do { try self.init(parsing: data) } catch { throw ModelError(path, "\(error)") }
  }
}
