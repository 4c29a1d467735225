import Foundation

/// A pickle of the `MultiLabelBinarizer` that belongs to a model: scikit-learn's translation between sets of labels and
/// rows of 0 and 1.
///
/// It equals `pickle.dumps(MultiLabelBinarizer(classes=labels).fit([]))` in effect, and differs in two ways so that it
/// loads in any version: the array of labels is built by calling `numpy.array`, whose place never changed, and the
/// version of scikit-learn is asked for where it is loaded, because the fields are the same in all of them. Loaded with
/// 1.2 (numpy 1.24) and 1.9 (numpy 2.4), it warns of nothing.
///
/// - Parameter labels: the classes in the order of the network's outputs.
/// - Returns: the file's bytes; equal labels give equal bytes.
public func labelBinarizerFile(_ labels: [String]) -> Data {
  let list = Pickle.list(labels.map { .string($0) })
  return Data(
    Pickle.object(
      type: .global(module: "sklearn.preprocessing", name: "MultiLabelBinarizer"),
      state: .dict([
        (.string("classes"), list),  // as in the initializer, so that fitting again keeps the order
        (.string("sparse_output"), .bool(false)),
        (.string("_cached_dict"), .none),
        (.string("classes_"), .call(.global(module: "numpy", name: "array"), [list, .string("O")])),
        (.string("_sklearn_version"), .global(module: "sklearn", name: "__version__")),
      ])
    ).encoded)
}
