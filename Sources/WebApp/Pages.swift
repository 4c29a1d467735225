import Book
import Drawing
import Foundation
import Mustache

/// The pages as HTML, from the templates in `Resources`, which escape whatever they are given; only drawings go in as they are.
struct Pages: Sendable {
  private let library: MustacheLibrary

  init() throws {
    let templates: [String: [UInt8]] = [
      "head": PackageResources.head_mustache, "foot": PackageResources.foot_mustache,
      "start": PackageResources.start_mustache, "reading": PackageResources.reading_mustache,
      "table": PackageResources.table_mustache, "problem": PackageResources.problem_mustache,
      "enter": PackageResources.enter_mustache,
    ]
    var library = MustacheLibrary()
    for (name, text) in templates { try library.register(String(decoding: text, as: UTF8.self), named: name) }
    self.library = library
  }

  /// What every page needs.
  struct Frame {
    var words: Words
    /// Of the page, without `lang`: `/readings/ab12`.
    var address: String
    var nonce: String
    var isKept = false
    /// Rules for the drawings in dark mode.
    var style = ""
    var isReading = false
  }

  func start(_ frame: Frame, model: String, limits: Limits, samples: [String: Any]?) -> String {
    let w = frame.words
    return render("start", frame, title: w("start.title"), [
      "model": model, "limits": w("about.limits.words", "\(limits.bodyBytes >> 20)", "\(limits.recordingSeconds)"),
      "samples": samples as Any,
    ])
  }

  func problem(_ frame: Frame, status: Int, reason: String, isEnglish: Bool) -> String {
    render("problem", frame, title: frame.words("problem.\(status)"), ["heading": frame.words("problem.\(status)"), "reason": reason, "english": isEnglish])
  }

  func enter(_ frame: Frame, isWrong: Bool) -> String {
    render("enter", frame, title: frame.words("enter.title"), ["wrong": isWrong])
  }

  func reading(_ frame: Frame, _ content: [String: Any], title: String) -> String {
    render("reading", frame, title: title, content)
  }

  private func render(_ template: String, _ frame: Frame, title: String, _ content: [String: Any]) -> String {
    var content = content
    let joint = frame.address.contains("?") ? "&" : "?"
    let own: [String: Any] = [
      "w": frame.words.tree, "language": frame.words.language, "title": title, "nonce": frame.nonce,
      "style": frame.style, "banner": frame.words("banner"), "reading": frame.isReading,
      "keeping": frame.words(frame.isKept ? "forget.kept" : "forget.rule"),
      "languages": Words.languages.map { code -> [String: Any] in
        [
          "code": code, "name": Words.of(code)("language.name"), "current": code == frame.words.language,
          "url": "\(frame.address)\(joint)lang=\(code)",
        ]
      },
    ]
    content.merge(own) { given, _ in given }
    // To a template an empty text is something; here it is nothing.
    content = content.filter { ($0.value as? String) != "" }
    return library.render(content, withTemplate: template) ?? ""
  }
}

extension Pages {
  /// A table of the report for `table.mustache`.
  static func table(_ table: TableBlock, hiding hidden: Set<String> = []) -> [String: Any] {
    let shown = table.columns.indices.filter { !hidden.contains(table.columns[$0].title) }
    func side(_ index: Int) -> String { table.columns[index].alignment == .right ? "right" : "left" }
    return [
      "caption": table.caption.plainText,
      "columns": shown.map { ["title": table.columns[$0].title, "side": side($0)] },
      "rows": table.rows.map { row -> [String: Any] in
        [
          "cells": shown.filter { row.indices.contains($0) }.map { index -> [String: Any] in
            var cell: [String: Any] = ["text": row[index].content.plainText, "side": side(index), "first": index == shown.first]
            cell["aside"] = row[index].aside
            return cell
          }
        ]
      },
      "notes": table.notes,
    ]
  }
}
