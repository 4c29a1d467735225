import CCairo
import Foundation
import Synchronization

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
