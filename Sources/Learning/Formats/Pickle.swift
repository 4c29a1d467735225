/// A Python value, to be written as a pickle. There is no reader: reading a pickle can run any code.
///
/// Protocol 2, which every Python since 2.3 reads. Source: CPython, Lib/pickletools.py (opcodes) and PEP 307.
indirect enum Pickle {
  case none
  case bool(Bool)
  case int(Int)
  case string(String)
  case tuple([Pickle])
  case list([Pickle])
  case dict([(key: Pickle, value: Pickle)])  // in the order given
  /// `module.name`, imported where the pickle is loaded.
  case global(module: String, name: String)
  /// The result of calling a global with positional arguments.
  case call(Pickle, [Pickle])
  /// `call(…)` filled as a dictionary, item by item.
  case items(of: Pickle, [(key: Pickle, value: Pickle)])
  /// `type.__new__(type)`, then its state set, as `__setstate__` or `__dict__` take it.
  case object(type: Pickle, state: Pickle)
  /// A value that the loader looks up itself, such as PyTorch's storages.
  case persistent(Pickle)

  /// The pickle's bytes. Equal values give equal bytes.
  var encoded: [UInt8] {
    var bytes: [UInt8] = [0x80, 2]  // PROTO 2
    write(into: &bytes)
    return bytes + [UInt8(ascii: ".")]  // STOP
  }

  private func write(into bytes: inout [UInt8]) {
    func code(_ opcode: Unicode.Scalar) { bytes.append(UInt8(ascii: opcode)) }
    func littleEndian(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    func arguments(_ values: [Pickle]) {  // (MARK … TUPLE)
      guard !values.isEmpty else { return code(")") }  // EMPTY_TUPLE
      code("(")
      for value in values { value.write(into: &bytes) }
      code("t")
    }
    func setItems(_ items: [(key: Pickle, value: Pickle)]) {  // (MARK … SETITEMS)
      guard !items.isEmpty else { return }
      code("(")
      for (key, value) in items {
        key.write(into: &bytes)
        value.write(into: &bytes)
      }
      code("u")
    }
    switch self {
    case .none: code("N")
    case .bool(let value): bytes.append(value ? 0x88 : 0x89)  // NEWTRUE, NEWFALSE
    case .int(let value):
      if let small = UInt8(exactly: value) {
        code("K")  // BININT1
        littleEndian(small)
      } else if let medium = Int32(exactly: value) {
        code("J")  // BININT
        littleEndian(medium)
      } else {
        bytes.append(0x8A)  // LONG1: the number of bytes, then two's complement
        littleEndian(UInt8(8))
        littleEndian(Int64(value))
      }
    case .string(let text):
      code("X")  // BINUNICODE
      let utf8 = Array(text.utf8)
      littleEndian(UInt32(truncatingIfNeeded: utf8.count))
      bytes += utf8
    case .tuple(let values): arguments(values)
    case .list(let values):
      code("]")  // EMPTY_LIST
      guard !values.isEmpty else { return }
      code("(")
      for value in values { value.write(into: &bytes) }
      code("e")  // APPENDS
    case .dict(let items):
      code("}")  // EMPTY_DICT
      setItems(items)
    case .global(let module, let name):
      code("c")
      bytes += Array("\(module)\n\(name)\n".utf8)
    case .call(let function, let values):
      function.write(into: &bytes)
      arguments(values)
      code("R")  // REDUCE
    case .items(let object, let items):
      object.write(into: &bytes)
      setItems(items)
    case .object(let type, let state):
      type.write(into: &bytes)
      code(")")
      bytes.append(0x81)  // NEWOBJ
      state.write(into: &bytes)
      code("b")  // BUILD
    case .persistent(let identifier):
      identifier.write(into: &bytes)
      code("Q")  // BINPERSID
    }
  }
}
