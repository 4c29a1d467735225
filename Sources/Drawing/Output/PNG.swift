import CCairo
import Foundation
import Synchronization

/// The scene in pixels, on white paper, at a resolution that the file names: programs place it at its printed size.
public func png(_ scene: Scene, dotsPerInch: Double) throws(DrawingError) -> Data {
  let data = try png(scene, scale: dotsPerInch / 72)
  // Behind the signature (8 bytes) and IHDR (25) comes pHYs. Source: PNG specification, 11.3.5.3.
  guard data.count > 33, let perMetre = UInt32(exactly: (dotsPerInch / 0.0254).rounded()) else { return data }
  func bytes(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
  let chunk = Array("pHYs".utf8) + bytes(perMetre) + bytes(perMetre) + [1]
  var result = Data(data.prefix(33))
  result.append(contentsOf: bytes(9) + chunk + bytes(crc32(chunk)))
  result.append(data.dropFirst(33))
  return result
}

/// Source: PNG specification, annex D.
private func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { register, byte in
    (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }
}

/// The scene in pixels, on white paper.
/// - Parameter scale: pixels per point; 150/72 prints at 150 dots per inch.
public func png(_ scene: Scene, scale: Double) throws(DrawingError) -> Data {
  try Size(scene.size.width * scale, scene.size.height * scale).check()
  return try textEngine.withLock { (engine) throws(DrawingError) -> Data in
    let surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32((scene.size.width * scale).rounded(.up)),
      Int32((scene.size.height * scale).rounded(.up)))
    defer { cairo_surface_destroy(surface) }
    try check(cairo_surface_status(surface))
    guard let cairo = cairo_create(surface) else { throw .cairo("out of memory") }
    defer { cairo_destroy(cairo) }
    cairo_set_source_rgb(cairo, 1, 1, 1)
    cairo_paint(cairo)
    cairo_scale(cairo, scale, scale)
    var canvas = Canvas(cairo, engine)
    try canvas.draw(scene.elements)
    try check(cairo_status(cairo))
    cairo_surface_flush(surface)
    let sink = ByteSink()
    try check(cairo_surface_write_to_png_stream(surface, ByteSink.write, sink.closure))
    return sink.data
  }
}
