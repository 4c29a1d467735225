import Drawing
import Wording

extension ECGPage {
  /// Each lead enlarged over the whole time, on as many pages as the height asks for.
  ///
  /// Time stays at the page's own speed, so that rhythm reads as on the first page and a lead of 10 s is one row on a
  /// landscape page; amplitudes are doubled, for P waves and ST segments. A portrait page, 166 mm wide, has no room for
  /// 10 s at 25 mm/s (260 mm): there a lead goes on in a second row, rather than being printed at a speed that no
  /// ruler has. (``MedianBeats`` enlarges time too.)
  ///
  /// - Parameters:
  ///   - seconds: how much of the recording, from ``start`` on.
  ///   - gain: millimetres a millivolt.
  /// - Returns: scenes within ``maximumWidth`` and ``maximumHeight`` (nil: 260 and 175 mm).
  public func enlarged(seconds: Double = 10, gain: Double = 20) -> [Scene] {
    var page = self
    page.gain = gain
    page.rhythmLeads = []
    let seconds = min(max(seconds.isFinite ? seconds : 10, 0.1), 60)
    guard page.isDrawable, let row = page.secondsPerRow(seconds) else { return [page.scene()] }
    let rowsPerLead = Int((seconds / row - 1e-6).rounded(.up))
    let leads = order.leads
    let height = (maximumHeight ?? 175) - 10
    let rowsPerPage = max(height / max(1.25 * gain, 15), 1)
    let most = max(Int(min(rowsPerPage, 1000)) / rowsPerLead, 1)
    let pages = (leads.count + most - 1) / most
    let perPage = (leads.count + pages - 1) / pages
    return stride(from: 0, to: leads.count, by: perPage).map { first in
      page.scene(of: Array(leads[first..<min(first + perPage, leads.count)]), seconds: seconds, row: row)
    }
  }

  /// Some leads over the whole time, at the page's own speed and gain; what a row has no room for goes on in the next.
  public func scene(of names: [String], seconds: Double = 10) -> Scene {
    var page = self
    page.rhythmLeads = []
    guard page.isDrawable, let row = page.secondsPerRow(seconds) else { return page.scene() }
    return page.scene(of: names, seconds: seconds, row: row)
  }

  /// Equal parts of the time, each as long as a row has room for.
  private func secondsPerRow(_ seconds: Double) -> Double? {
    let width = min(maximumWidth ?? 260, 5000)
    let room = ((width / 5 + 1e-6).rounded(.down) * 5 - ECGPaper.left(speed: speed)) / speed
    guard room >= 0.5 else { return nil }
    return seconds / (seconds / room - 1e-6).rounded(.up)
  }

  private func scene(of names: [String], seconds: Double, row: Double) -> Scene {
    let mm = Theme.millimetre
    let rows = names.flatMap { name in
      stride(from: 0, to: seconds - 1e-6, by: row).map { offset -> [ECGPaper.Segment] in
        var segment = segment(name, from: offset, seconds: row, at: 0)
        if offset > 0, segment.note.isEmpty { segment.note = say(.ecgFrom, quantity(plain(start + offset), "s")) }
        return [segment]
      }
    }
    let header = Header(identification: identification, remarks: remarks)
    func foot(_ cut: [String]) -> [Foot.Line] {
      let time = say(.ecgEnlarged, names.first ?? "", names.last ?? "", quantity(plain(seconds), "s"))
      return [Foot.Line(left: settings, right: time)]
        + (shade.map { [.init(left: say(.ecgShaded, $0.meaning))] } ?? []) + (cut.isEmpty ? [] : [Foot.cutLine])
    }
    let outer = header.height + Foot.height(of: foot(["?"]))
    let paper = ECGPaper(
      rows: rows, samplingRate: samplingRate, speed: speed, gain: gain, highest: (maximumHeight ?? 175) - outer / mm,
      pitches: gain...(2.2 * gain))
    let width = paper.width * mm
    var sheet = Sheet()
    header.draw(width: width, on: &sheet)
    paper.draw(at: Point(0, header.height), on: &sheet)
    let y = header.height + paper.height * mm
    Foot.draw(foot(paper.cut), y: y, width: width, on: &sheet)
    let text =
      say(.ecgEnlargedSays, listed(names), quantity(plain(seconds), "s"))
      + (start == 0 ? "" : " " + say(.ecgSaysFrom, quantity(plain(start), "s")))
      + (row < seconds ? " " + say(.ecgEnlargedRows, "\(rows.count / max(names.count, 1))") : "")
      + ", " + say(.ecgEnlargedScale, quantity(plain(speed), "mm/s"), quantity(plain(gain), "mm/mV")) + "."
      + missing(names) + amplitudes(names) + cutWords(paper.cut)
    return Scene(
      size: Size(width, y + Foot.height(of: foot(paper.cut), width: width)), elements: sheet.elements,
      description: text, marks: sheet.marks)
  }
}
