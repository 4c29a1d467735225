import Foundation

/// A PyTorch state dictionary, as `torch.save(OrderedDict(...), path)` writes it.
///
/// A zip archive of `archive/data.pkl`, which describes the tensors, and `archive/data/0`, `1` and so on, which hold
/// their numbers. It opens with `torch.load(path, weights_only=True)`, so that Python runs no code from it either.
/// Source: PyTorch, torch/serialization.py (`_save`), torch/_utils.py (`_rebuild_tensor_v2`).
///
/// - Parameters:
///   - arrays: 32-bit tensors, in the order that `load_state_dict` and readers shall see.
///   - counters: 64-bit integers without axes, after the arrays, such as a batch norm's `num_batches_tracked`, which
///     `load_state_dict` asks for unless `strict=False`.
/// - Returns: the file's bytes; equal content gives equal bytes.
public func torchFile(
  _ arrays: [NamedArray], counters: [(name: String, value: Int)] = []
) throws -> Data {
  var storages: [[UInt8]] = []

  func tensor(shape: [Int], storage type: String, count: Int, _ bytes: [UInt8]) -> Pickle {
    let key = "\(storages.count)"
    storages.append(bytes)
    return .call(
      .global(module: "torch._utils", name: "_rebuild_tensor_v2"),
      [
        .persistent(
          .tuple([
            .string("storage"), .global(module: "torch", name: type), .string(key), .string("cpu"), .int(count),
          ])),
        .int(0),  // offset in the storage
        .tuple(shape.map { .int($0) }),
        .tuple(cStrides(of: shape).map { .int($0) }),
        .bool(false),  // requires_grad
        .call(.global(module: "collections", name: "OrderedDict"), []),  // backward hooks
      ])
  }

  var items: [(key: Pickle, value: Pickle)] = arrays.map { array in
    (
      .string(array.name),
      tensor(shape: array.shape, storage: "FloatStorage", count: array.values.count, array.littleEndianBytes)
    )
  }
  for (name, value) in counters {
    let bytes = withUnsafeBytes(of: Int64(value).littleEndian) { [UInt8]($0) }
    items.append((.string(name), tensor(shape: [], storage: "LongStorage", count: 1, bytes)))
  }
  let dictionary = Pickle.items(of: .call(.global(module: "collections", name: "OrderedDict"), []), items)

  var zip = ZipWriter(alignment: 64)
  try zip.add("archive/data.pkl", dictionary.encoded)
  try zip.add("archive/byteorder", Array("little".utf8))
  for (i, bytes) in storages.enumerated() { try zip.add("archive/data/\(i)", bytes) }
  try zip.add("archive/version", Array("3\n".utf8))
  return try zip.finish()
}

/// How many elements apart neighbours along each axis lie in C order.
private func cStrides(of shape: [Int]) -> [Int] {
  var strides: [Int] = []
  var step = 1
  for length in shape.reversed() {
    strides.append(step)
    step *= max(1, length)
  }
  return strides.reversed()
}
