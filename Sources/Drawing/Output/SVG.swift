public func svg(_ scene: Scene, idPrefix: String) throws(DrawingError) -> String { "" }
