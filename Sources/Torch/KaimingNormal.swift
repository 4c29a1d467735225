/// The first weights of He, Zhang, Ren & Sun, "Delving Deep into Rectifiers", ICCV 2015, arXiv:1502.01852.
extension Layer {
  /// Draws the weights of all convolutions and linear layers anew, normal with variance 2/fanIn, and sets all biases to
  /// 0. The scales of normalizations stay.
  public func drawKaimingNormal(from start: Initializer) {
    if start.isTwin { return }
    for parameter in allState() where parameter.isTrained {
      let (tensor, shape) = (parameter.tensor, parameter.tensor.shape)
      if shape.count > 1 {  // [out, in] or [out, in, kernel]
        let deviation = (2 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
        tensor.assign((0..<tensor.count).map { _ in Float(deviation * start.normal()) })
      } else if parameter.name.hasSuffix("bias") {
        tensor.assign([Float](repeating: 0, count: tensor.count))
      }
    }
  }
}
