import Files
import Foundation
import TestSupport
import Testing

/// A whole report, with training, as a user renders it.
@Suite(.serialized) struct RenderTests {
  private let report = SharedData.root + "/Tests/Documents/small.md"

  private func copyReport(to folder: String) throws {
    try FileManager.default.makeFolder(folder)
    try FileManager.default.copyItem(atPath: report, toPath: folder + "/small.md")
  }

  @Test func givesTheSameBytesInAnyFolderZoneLocaleAndOnOneProcessor() throws {
    try withTemporaryFolder { folder in
      let places = [
        ("a", ["TZ": "Pacific/Kiritimati", "LC_ALL": "C"]),
        ("elsewhere/b", ["TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "HOME": folder]),
      ]
      for (name, environment) in places {
        try copyReport(to: folder + "/" + name)
        let result = try Command.run(["render", "small.md"], in: folder + "/" + name, environment: environment)
        try #require(result.status == 0, "\(result.errors)")
      }
      // One processor instead of all; Swift's hashes, else seeded anew by each process, without a seed.
      try copyReport(to: folder + "/c")
      let line = "SWIFT_DETERMINISTIC_HASHING=1 OMP_NUM_THREADS=1 $(command -v taskset >/dev/null && echo taskset -c 0) ecgbook render small.md"
      let alone = try Command.shell(line, in: folder + "/c")
      try #require(alone.status == 0, "\(alone.errors)")
      for file in ["small.html", "small.pdf", "small.results.json", "saved_models/small/model.safetensors", "saved_models/small/manifest.json"] {
        let digest = try Digest(ofFile: "\(folder)/a/\(file)")
        #expect(try digest == Digest(ofFile: "\(folder)/elsewhere/b/\(file)"), "\(file)")
        #expect(try digest == Digest(ofFile: "\(folder)/c/\(file)"), "\(file) on one processor")
      }
    }
  }

  @Test func writesOnlyTheFormatsThatAreAskedFor() throws {
    try withTemporaryFolder { folder in
      let text = """
        ---
        title: Ages
        ---

        ```{dataset #data}
        data: nowhere
        synthetic-records: 60
        ```

        ```{figure #fig-ages}
        of: data
        draw: ages
        caption: Ages.
        ```
        """
      try Data(text.utf8).write(to: URL(filePath: folder + "/ages.md"))
      func written(_ format: String) throws -> Set<String> {
        let result = try Command.run(["render", "ages.md", "--output", "\(format)/all", "--format", format], in: folder)
        #expect(result.status == 0, "\(result.errors)")
        return Set(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(format)"))
      }
      #expect(try written("html") == ["all.html", "all.run.json"])
      #expect(try written("pdf,results") == ["all.pdf", "all.results.json", "all.run.json"])
      #expect(try written("html,pdf,results") == ["all.html", "all.pdf", "all.results.json", "all.run.json"])
      for file in ["html/all.html", "pdf,results/all.pdf", "pdf,results/all.results.json"] {
        let whole = "\(folder)/html,pdf,results/\((file as NSString).lastPathComponent)"
        #expect(try Digest(ofFile: "\(folder)/\(file)") == Digest(ofFile: whole), "\(file)")
      }
      for format in ["docx", "", "html,", "HTML"] {
        let result = try Command.run(["render", "ages.md", "--format", format], in: folder)
        #expect(result.status == 2 && result.errors.contains("--format"), "\(result.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/ages.html"))
    }
  }

  /// From Markdown to the PDF as qpdf and poppler read it.
  @Test func tagsEveryConstructOfAReport() throws {
    try withTemporaryFolder { folder in
      for name in ["everything.md", "refs.bib"] {
        try FileManager.default.copyItem(atPath: "\(SharedData.root)/Tests/Documents/\(name)", toPath: "\(folder)/\(name)")
      }
      guard try Command.shell("command -v pdfinfo qpdf", in: folder).status == 0 else { return }
      let rendered = try Command.run(["render", "everything.md", "--line-numbers"], in: folder)
      try #require(rendered.status == 0, "\(rendered.errors)")
      let checked = try Command.shell("qpdf --check everything.pdf", in: folder)
      #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
      let structure = try Command.shell("pdfinfo -struct-text everything.pdf", in: folder).output
      let role = /(?m)^ *([A-Z][A-Za-z0-9]*)(?: <[a-z0-9-]+>)?(?: \((?:block|inline)\))?:?$/
      let roles = Set(structure.matches(of: role).map { String($0.1) })
      #expect(
        roles.isSuperset(of: [
          "Document", "H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "BlockQuote", "Code", "Table", "THead", "TBody",
          "TR", "TH", "TD", "Caption", "Figure", "Link", "Note", "TOC", "TOCI", "Reference", "Formula",
        ]), "\(roles.sorted())")
      // In the order of the text, though tables and figures float and an ECG has a page of its own.
      let headings = /"(A first section|Data|On a page of its own|Results|References|Notes)"|"((?:Figure|Table) [12]) [A-Z]/
      let read = structure.matches(of: headings).map { String($0.1 ?? $0.2 ?? "") }
      #expect(
        read.suffix(10) == [
          "A first section", "Data", "Figure 1", "Table 1", "Table 2", "On a page of its own", "Figure 2", "Results",
          "References", "Notes",
        ])
      #expect(structure.contains("Appendix\u{A0}A. How it was made") && structure.contains("Table A1"))
      #expect(structure.contains(/H3 \(block\)\n *"A heading that skips two levels"/))
      #expect(structure.contains("office, affirm, flow, efficient and baffle have ligatures."))
    }
  }

  @Test func computesNothingForAChangedSentence() throws {
    try withTemporaryFolder { folder in
      try copyReport(to: folder)
      try #require(Command.run(["render", "small.md"], in: folder).status == 0)
      let text = try String(contentsOfFile: folder + "/small.md", encoding: .utf8)
      try writeFile(text.replacing("Macro AUROC was", with: "The macro AUROC was").replacing("ROC curves.", with: "Curves."), to: folder + "/small.md")
      let second = try Command.run(["render", "small.md", "--explain", "--frozen"], in: folder)
      #expect(second.status == 0, "\(second.errors)")
      #expect(!second.errors.contains("epoch"))
      let html = try String(contentsOfFile: folder + "/small.html", encoding: .utf8)
      #expect(html.contains("The macro AUROC was"))
    }
  }

  @Test func savesTheWholeModelFolder() throws {
    try withTemporaryFolder { folder in
      try copyReport(to: folder)
      try #require(Command.run(["render", "small.md"], in: folder).status == 0)
      let names = try Set(FileManager.default.contentsOfDirectory(atPath: folder + "/saved_models/small"))
      #expect(
        names == [
          "model.json", "model.safetensors", "superclass_model.pt", "superclass_label_binarizer.pkl",
          "superclass_history.json", "superclass_training_curves.png", "superclass_roc_curves.png",
          "superclass_confusion_matrices.png", "superclass_performance_summary.csv",
          "superclass_classification_report.txt", "predictions.csv", "calibration.json", "run.json", "manifest.json",
        ])
      // The model is of use at once.
      let record = try #require(FileManager.default.enumerator(atPath: folder + "/.ecgbook")?.compactMap { $0 as? String }.first { $0.hasSuffix("00001_hr.hea") })
      let result = try Command.run(["predict", folder + "/.ecgbook/" + record, "--model", "small", "--json"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("\"caution\""))

      // Many at once, one of which is not there: the others are answered, and the status says so.
      let path = folder + "/.ecgbook/" + record
      try writeFile("\(path)\nnowhere\n\(path)\n", to: folder + "/list.txt")
      let batch = try Command.run(["predict", "--batch", "list.txt", "--model", "small"], in: folder)
      let table = try CSV(parsing: Data(batch.output.utf8))
      #expect(batch.status == 2)
      #expect(table.columns.prefix(3) == ["record", "problem", "score:CD"])
      #expect(table.rows.count == 3 && table.rows[0] == table.rows[2])
      #expect(table.rows[1][1].contains("nowhere") && table.rows[1].dropFirst(2).allSatisfy(\.isEmpty))
      #expect(batch.errors.contains("1 of 3 records"))
    }
  }

  @Test func resumesAfterCtrlCToTheSameBytes() throws {
    try withTemporaryFolder { folder in
      for name in ["whole", "stopped"] { try copyReport(to: folder + "/" + name) }
      let arguments = ["render", "small.md", "-P", "epochs=12"]
      try #require(Command.run(arguments, in: folder + "/whole").status == 0)

      let running = try Command.start(arguments, in: folder + "/stopped")
      let checkpoints = folder + "/stopped/.ecgbook/checkpoints"
      for _ in 0..<600 where running.process.isRunning {
        if let key = try? FileManager.default.contentsOfDirectory(atPath: checkpoints).first,
          FileManager.default.fileExists(atPath: "\(checkpoints)/\(key)/checkpoint.safetensors")
        {
          break
        }
        usleep(20_000)
      }
      usleep(300_000)
      running.process.interrupt()
      let stopped = Command.finish(running)
      try #require(stopped.status == 130, "\(stopped.errors)")
      #expect(stopped.errors.contains("--resume"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/stopped/small.html"))

      try #require(Command.run(arguments + ["--resume"], in: folder + "/stopped").status == 0)
      for file in ["small.html", "small.pdf"] {
        #expect(try Digest(ofFile: "\(folder)/whole/\(file)") == Digest(ofFile: "\(folder)/stopped/\(file)"), "\(file)")
      }
    }
  }

  @Test func saysInBannersThatDataAreSynthetic() throws {
    try withTemporaryFolder { folder in
      try copyReport(to: folder)
      try #require(Command.run(["render", "small.md", "-P", "epochs=1"], in: folder).status == 0)
      #expect(try String(contentsOfFile: folder + "/small.html", encoding: .utf8).contains("Synthetic data"))
    }
  }
}

@Suite struct MistakeTests {
  @Test(arguments: [
    (["render", "nowhere.md"], "nowhere.md"), (["check", "nowhere.md"], "nowhere.md"), (["record", "nowhere"], "nowhere"),
    (["data", "describe", "nowhere"], "nowhere"), (["predict", "nowhere"], "nowhere"),
    (["score", "--labels", "a.npy", "--scores", "b.npy", "--classes", "c.txt"], "c.txt"), (["render"], "report"),
    (["wander"], "wander"), (["data", "synthesize", "x", "--records", "0", "--seed", "1"], "0"),
    (["render", SharedData.root + "/Tests/Documents/small.md", "-P", "epoch=3"], "did you mean 'epochs'"),
    (["render", SharedData.root + "/Tests/Documents/small.md", "-P", "epochs=300"], "1...50"),
    (["figure", SharedData.root + "/Tests/Documents/small.md", "fig-roc", "--params", "nowhere.yaml"], "error[E0408]"),
  ])
  func areNamedWithStatus2AndNothingIsWritten(arguments: [String], part: String) throws {
    try withTemporaryFolder { folder in
      let result = try Command.run(arguments, in: folder)
      #expect(result.status == 2)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains(part), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  /// Truncated, flipped, overlong: the program answers or names the mistake; a signal would be a status above 128.
  @Test(arguments: 0..<60 as Range<UInt64>) func hostileInputNeverTraps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    try withTemporaryFolder { folder in
      let sources: [(name: String, bytes: [UInt8], arguments: [String])] = [
        ("r.hea", Array("r 2 100 10\nr.dat 16 200/mV 16 0 1 55 0 I\nr.dat 16 200/mV 16 0 1 55 0 II\n".utf8), ["record", "r"]),
        ("small.md", [UInt8](try readFile(SharedData.root + "/Tests/Documents/small.md")), ["check", "small.md"]),
        ("severity.csv", Array("label,severity,reason\nIMI,3,infarction\n".utf8), ["predict", "r", "--severity", "severity.csv"]),
        ("ptbxl_database.csv", Array("ecg_id,patient_id,age,sex,scp_codes,strat_fold,filename_lr,filename_hr\n1,2.0,56.0,1,\"{'NORM': 100.0}\",3,a/b,c/d\n".utf8), ["data", "describe", "."]),
        ("labels.npy", Array("\u{93}NUMPY\u{1}\u{0}v\u{0}{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }".utf8), ["score", "--labels", "labels.npy", "--scores", "labels.npy", "--classes", "classes.txt"]),
      ]
      let source = sources[Int(seed) % sources.count]
      var bytes = source.bytes
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      case 1: for _ in 0..<5 { bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random) }
      case 2: bytes.insert(contentsOf: Array("99999999999999999999".utf8), at: Int.random(in: 0..<bytes.count, using: &random))
      default: bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      try writeFile(Data([1, 2, 3]), to: folder + "/r.dat")
      try writeFile("a\nb\n", to: folder + "/classes.txt")
      try writeFile("r 1 100 1\nr.dat 16 200/mV 16 0 513 513 0 I\n", to: folder + "/r.hea")
      try writeFile(Data(bytes), to: folder + "/" + source.name)
      let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      let result = try Command.run(source.arguments, in: folder)
      #expect([0, 2].contains(result.status), "\(source.arguments): \(result.errors)")
      if result.status == 2 { #expect(!result.errors.isEmpty) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
    }
  }
}
