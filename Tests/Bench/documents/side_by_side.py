"""One document through ECGBook, through pandoc, and through papermill and nbconvert: times, sizes, features.

`measure(bench)` is the row `documents` of bench.py. Every figure and every word of both tables comes from a command that
runs here; what is not installed is left out, and said so.
"""

import csv
import ctypes
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import forms

HERE = pathlib.Path(__file__).resolve().parent
BARS = {"check": 100, "warm, HTML": 300, "warm, PDF": 1500}  # milliseconds of ecgbook


def run(command, folder, environment=None, limit=600):
    """What a command that may fail prints, and what it took: wall and CPU seconds, the largest process in MiB.

    Processes that it leaves (a browser's) become this one's children, and their CPU-seconds count too.
    """
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                found, _, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if found:
                cpu, peak = cpu + usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss)
            else:
                time.sleep(0.01)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return {"status": process.returncode, "text": text, "wall": wall, "cpu": cpu, "peak": peak / 1024}


def must(command, folder, environment=None):
    done = run(command, folder, environment)
    if done["status"] != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))}: status {done['status']}: {done['text'].strip()[-2000:]}")
    return done


def added(*measures):
    """Commands that follow each other, as one."""
    return {"wall": sum(m["wall"] for m in measures), "cpu": sum(m["cpu"] for m in measures),
            "peak": max(m["peak"] for m in measures)}


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Tools:
    """The commands of all three sides; what is not installed is None."""

    def __init__(self, ecgbook):
        self.ecgbook = ecgbook
        self.pandoc, self.latex = shutil.which("pandoc"), shutil.which("pdflatex")
        self.chromium = os.environ.get("CHROMIUM") or next(
            filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        has = run([sys.executable, "-c", "import papermill, nbconvert, ipykernel, matplotlib, pandas, jinja2"], HERE)
        self.python = sys.executable if has["status"] == 0 else None
        has = run([sys.executable, "-c", "import axe_playwright_python, playwright"], HERE)
        self.axe = sys.executable if has["status"] == 0 and self.chromium else None

    def missing(self):
        if not self.pandoc:
            yield "pandoc is not installed: its column is left out (Debian: pandoc)"
        elif not self.latex:
            yield "pdflatex is not installed: no PDF by pandoc (Debian: texlive-latex-recommended, lmodern)"
        if not self.python:
            yield "papermill, nbconvert, ipykernel, matplotlib or pandas is not installed: the notebook is left out"
        elif not self.chromium:
            yield "no Chromium: no PDF of the notebook (Debian: chromium)"
        if not self.axe:
            yield "axe-playwright-python or Chromium is not installed: no check of accessibility"

    def versions(self):
        def first(command):
            return run(command, HERE)["text"].splitlines()[0]

        found = {}
        if self.pandoc:
            found["pandoc"] = first([self.pandoc, "--version"]).split()[-1]
        if self.latex:
            found["pdfTeX"] = re.search(r"3\.[\d.-]+", first([self.latex, "--version"]))[0]
        if self.python:
            for name in ("papermill", "nbconvert", "pandas", "matplotlib"):
                code = f"import importlib.metadata as m; print(m.version('{name}'))"
                found[name] = first([self.python, "-c", code])
        if self.chromium:
            found["Chromium"] = re.search(r"\d+\.\d+[\d.]*", run([self.chromium, "--version"], HERE)["text"])[0]
        return found

    # Commands

    def render(self, report, formats, project="project", *more):
        return [self.ecgbook, "render", report, "--format", formats, "--project", project, *more]

    def pandoc_html(self, source="document.md", output="pandoc.html", *more):
        return [self.pandoc, source, "-o", output, "--standalone", "--self-contained", "--toc", "--citeproc",
                "--bibliography", "bibliography.json", "--default-image-extension=svg", *more]

    def pandoc_pdf(self, source="document.md", output="pandoc.pdf", *more):
        # The numbers of figures and tables stand in the captions already.
        return [self.pandoc, source, "-o", output, "--toc", "--citeproc", "--bibliography", "bibliography.json",
                "--default-image-extension=pdf", "--pdf-engine=pdflatex", "-V", "geometry:a4paper,margin=20mm",
                "-V", r"header-includes=\usepackage[labelformat=empty]{caption}", *more]

    def papermill(self, source="document.ipynb", output="executed.ipynb", *more):
        return [self.python, "-m", "papermill", "--no-progress-bar", "-k", "python3", source, output, *more]

    def nbconvert(self, source="executed.ipynb", output="notebook.html"):
        return [self.python, "-m", "nbconvert", "--to", "html", "--no-input", "--embed-images", source, "--output", output]

    def print_pdf(self, source="notebook.html", output="notebook.pdf"):
        """What nbconvert's `webpdf` does."""
        return [self.chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                f"--print-to-pdf={output}", source]


# The same document, three times


def prepare(tools, folder, records):
    """Writes data, report, Markdown and notebook into an empty folder; the cache is warm then."""
    (folder / "sites").mkdir()
    for seed, site in enumerate(forms.SITES, 1):
        place = folder / "sites" / site
        must([tools.ecgbook, "data", "synthesize", place, "--records", records, "--seed", seed], folder)
        shutil.rmtree(place / "records500")  # nothing reads it
    text = forms.report("sites")
    (folder / "report.md").write_text(text)
    must(tools.render("report.md", "html,pdf,results"), folder)
    computed = forms.Computed(folder / "report.results.json")
    if tools.pandoc:
        (folder / "document.md").write_text(forms.pandoc_markdown(text, computed))
        (folder / "bibliography.json").write_text(json.dumps(computed.bibliography))
        must([tools.ecgbook, "export", "report.md", "--latex", "figures", "--project", "project"], folder)
        for ident in computed.shown:
            if ident.startswith("fig-"):
                must([tools.ecgbook, "figure", "report.md", ident, "--output", f"figures/{ident}.svg", "--project", "project"], folder)
    if tools.python:
        (folder / "document.ipynb").write_text(forms.notebook(text, computed))
        shutil.copy(HERE / "notebook_cells.py", folder)
        require_equal_frames(folder, text, computed)
    return text, computed


def require_equal_frames(folder, text, computed):
    """What the notebook computes with pandas is what ecgbook computed."""
    sys.path.insert(0, str(HERE))
    import notebook_cells

    sites, count = {}, 0
    for part in forms.blocks(text)[1]:
        if part[0] == "dataset":
            options = part[2]
            sites[part[1]] = notebook_cells.Site(str(folder / options["data"]), options["labels"], int(options.get("likelihood", 0)))
        elif part[0] in ("figure", "table"):
            columns, content = computed.frame(part[1])
            frame = sites[part[2]["of"]].frame(part[2]["frame"])
            theirs = [frame[name].tolist() for name in frame]
            for column, a, b in zip(columns, content, theirs):
                same = all(abs(x - y) < 1e-9 if isinstance(x, float) else x == y for x, y in zip(a, b)) and len(a) == len(b)
                if not same:
                    raise SystemExit(f"bench: '{part[1]}', column '{column['name']}': {a} here, {b} there")
            if len(content) != len(theirs):
                raise SystemExit(f"bench: '{part[1]}' has {len(content)} columns here, {len(theirs)} there")
            count += 1
    return count


# Times


def measure(bench):
    tools = Tools(bench.ecgbook)
    for line in tools.missing():
        print(f"bench: {line}", file=sys.stderr)
    bench.versions.update(tools.versions())
    with tempfile.TemporaryDirectory(prefix="documents-", dir=os.environ.get("TMPDIR")) as name:
        folder = pathlib.Path(name)
        text, computed = prepare(tools, folder, 60 if bench.quick else forms.RECORDS)
        times, outputs, others = take_times(tools, folder, text, bench)
        for step, bar in BARS.items():
            walls = [1000 * m["wall"] for m in times[step, "ecgbook"]]
            wall, cpu = statistics.median(walls), 1000 * statistics.median(m["cpu"] for m in times[step, "ecgbook"])
            bench.table.add(
                f"report of {len(text.splitlines()):,} lines, {step}", "",
                (f"{wall:.0f} ms, {cpu:.0f} of CPU", "", "", f"{min(walls):.0f}–{max(walls):.0f}", f"< {bar} ms"), wall < bar,
                others, unit="milliseconds", ours=wall, oursCPU=cpu, bar=bar, walls=walls)
        sizes = take_sizes(folder)
        features = list(take_features(tools, folder, outputs))
    return Report(text, computed, times, sizes, features, others)


def take_times(tools, folder, text, bench):
    """(step, side) → measures; and side → format → digests of what each turn wrote."""
    times, outputs = {}, {}
    papermill_turns = 1 if bench.quick else 3

    def note(step, side, measured, *files):
        times.setdefault((step, side), []).append(measured)
        for file in files:
            outputs.setdefault(file, []).append(digest(folder / file))

    # Warm-up, not counted: fonts, libraries, the disk's cache.
    if tools.pandoc:
        must(tools.pandoc_html(), folder)
    watch = bench.watch()
    for turn in range(bench.pairs):
        note("check", "ecgbook", must([tools.ecgbook, "check", "report.md"], folder))
        note("cold, HTML and PDF", "ecgbook", must(tools.render("report.md", "html,pdf", f"cold-{turn}"), folder))
        shutil.rmtree(folder / f"cold-{turn}")
        note("warm, HTML", "ecgbook", must(tools.render("report.md", "html"), folder), "report.html")
        note("warm, PDF", "ecgbook", must(tools.render("report.md", "pdf"), folder), "report.pdf")
        (folder / "changed.md").write_text(text.replace("The end of the remarks.", f"The end of the remarks, number {turn}."))
        note("a sentence changed", "ecgbook", must(tools.render("changed.md", "html,pdf"), folder))
        if tools.pandoc:
            html = must(tools.pandoc_html(), folder)
            note("warm, HTML", "pandoc", html, "pandoc.html")
            if tools.latex:
                pdf = must(tools.pandoc_pdf(), folder)
                note("warm, PDF", "pandoc", pdf, "pandoc.pdf")
                note("a sentence changed", "pandoc", added(html, pdf))
        if tools.python and turn < papermill_turns:
            computed = must(tools.papermill(), folder)
            html = must(tools.nbconvert(), folder)
            note("warm, HTML", "notebook", html, "notebook.html")
            if tools.chromium:
                pdf = must(tools.print_pdf(), folder)
                note("warm, PDF", "notebook", added(html, pdf), "notebook.pdf")
                note("cold, HTML and PDF", "notebook", added(computed, html, pdf))
                note("a sentence changed", "notebook", added(computed, html, pdf))
    return times, outputs, watch.others()


def take_sizes(folder):
    sizes = {}
    for side, name in (("ecgbook", "report"), ("pandoc", "pandoc"), ("notebook", "notebook")):
        for kind in ("html", "pdf"):
            path = folder / f"{name}.{kind}"
            if path.exists():
                sizes[kind, side] = path.stat().st_size
        if (kind, side) in sizes and shutil.which("pdfinfo"):
            sizes["pages", side] = int(re.search(r"Pages: +(\d+)", run(["pdfinfo", path], folder)["text"])[1])
    return sizes


# Features, each by a command

SMALL = """---
title: Small
---

There are {{ site.records }} records (@tbl-labels), described before [@mcsharry2003].

```{dataset #site}
data: sites/sa
```

```{table #tbl-labels}
of: site
frame: labels
caption: Labels.
```
"""


def take_features(tools, folder, outputs):
    """(what, ecgbook, pandoc, notebook) in words."""

    def small(name, *changes):
        text = SMALL
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (folder / f"{name}.md").write_text(text)
        return f"{name}.md"

    def book(name, cells):
        from nbformat import v4, writes

        made = [v4.new_markdown_cell(c[1:]) if c.startswith("#") else v4.new_code_cell(c) for c in cells]
        if made[0]["cell_type"] == "code":
            made[0]["metadata"] = {"tags": ["parameters"]}
        (folder / f"{name}.ipynb").write_text(writes(v4.new_notebook(cells=made, metadata=forms.KERNEL)))
        return f"{name}.ipynb"

    def pandoc(text, *more):
        (folder / "small-pandoc.md").write_text("---\ntitle: Small\n---\n\n" + text + "\n")
        return run(tools.pandoc_html("small-pandoc.md", "small-pandoc.html", *more), folder)

    def words(done):
        return "refused" if done["status"] else "accepted"

    def refused(done, word):
        """That ecgbook refused for the reason that is meant, a mistake that names `word`, and in what time."""
        code = re.search(r"error\[(E\d+)\].*" + re.escape(word), done["text"])
        if done["status"] != 2 or not code:
            raise SystemExit(f"bench: expected a mistake about '{word}', found status {done['status']}: {done['text'].strip()}")
        return f"refused before anything ran, {1000 * done['wall']:.0f} ms ({code[1]})"

    none = "–"

    # A value that does not exist.
    ours = run([tools.ecgbook, "check", small("value", ("site.records", "site.recrods"))], folder)
    theirs = none
    if tools.python:
        book("value", ["folder = 'sites'", "open('ran.txt', 'w').write('')", "print(recrods)"])
        done = run(tools.papermill("value.ipynb", "value-done.ipynb"), folder)
        if "NameError" not in done["text"]:
            raise SystemExit(f"bench: papermill found no NameError: {done['text'].strip()[-500:]}")
        ran = (folder / "ran.txt").exists()
        theirs = f"{words(done)} when its cell ran, {1000 * done['wall']:.0f} ms" + (", after the cells before it" if ran else "")
    yield "a value that does not exist", refused(ours, "recrods"), "has no values", theirs

    # A misspelt parameter.
    text = SMALL.replace("title: Small", "title: Small\nparameters:\n  data: { type: path, default: sites/sa }").replace(
        "data: sites/sa\n", "data: $data\n")
    (folder / "parameter.md").write_text(text)
    ours = run([tools.ecgbook, "render", "parameter.md", "-P", "dta=sites/sb", "--project", "parameters"], folder)
    row = [none, none]
    if tools.pandoc:
        row[0] = f"{words(pandoc('Text.', '-M', 'titel=Other'))} in silence"
    if tools.python:
        book("parameter", ["folder = 'sites/sa'", "print(folder)"])
        done = run(tools.papermill("parameter.ipynb", "parameter-done.ipynb", "-p", "foldr", "sites/sb"), folder)
        row[1] = words(done) + (", with a warning" if "unknown parameter" in done["text"] else "")
        if done["status"]:
            raise SystemExit(f"bench: papermill: {done['text'].strip()[-500:]}")
    yield "a misspelt parameter", refused(ours, "dta"), *row

    # A figure that is not there.
    ours = run([tools.ecgbook, "check", small("figure", ("@tbl-labels", "@tbl-lables"))], folder)
    row = [none, none]
    if tools.pandoc:
        row[0] = words(pandoc("See [Table 1](#tbl-lables).", "--fail-if-warnings"))
    if tools.python:
        book("figure", ["#See [Table 1](#tbl-lables)."])
        row[1] = words(run(tools.nbconvert("figure.ipynb", "figure.html"), folder))
    yield "a reference to a table that is not there", refused(ours, "tbl-lables"), *row

    # A work that is not in the bibliography.
    ours = run([tools.ecgbook, "check", small("work", ("@mcsharry2003", "@mcsharry2004"))], folder)
    row = none
    if tools.pandoc:
        plain, strict = pandoc("As said [@mcsharry2004]."), pandoc("As said [@mcsharry2004].", "--fail-if-warnings")
        row = words(plain) + (", with a warning" if "not found" in plain["text"] else "")
        row += f"; --fail-if-warnings: {words(strict)}"
    yield "a citation of an unknown work", refused(ours, "mcsharry2004"), row, "has no citations"

    # Data that changed: is the number on the page the new one?
    table = folder / "sites/sa/ptbxl_database.csv"
    lines = table.read_text().splitlines()
    before, after = len(lines) - 1, len(lines) - 2
    small("stale")
    must(tools.render("stale.md", "html"), folder)
    if tools.python:
        book("stale", ["folder = 'sites/sa'", "import csv\nprint(len(list(csv.DictReader(open(folder + '/ptbxl_database.csv')))), 'records')"])
        must(tools.papermill("stale.ipynb", "stale-done.ipynb"), folder)
    table.write_text("\n".join(lines[:-1]) + "\n")
    must(tools.render("stale.md", "html"), folder)

    def shows(file):
        text = re.sub(r"<[^>]*>", "", (folder / file).read_text())
        found = {n: f"{n} records" in text for n in (before, after)}
        return "the new number" if found[after] and not found[before] else "the old number" if found[before] else "neither"

    ours, theirs = shows("stale.html"), none
    if tools.python:
        must(tools.nbconvert("stale-done.ipynb", "stale-nb.html"), folder)
        stale = shows("stale-nb.html")
        must(tools.papermill("stale.ipynb", "stale-done.ipynb"), folder)
        must(tools.nbconvert("stale-done.ipynb", "stale-nb.html"), folder)
        theirs = f"nbconvert alone: {stale}; papermill, which computes all again: {shows('stale-nb.html')}"
    table.write_text("\n".join(lines) + "\n")
    yield "data changed, converted again", ours, "computes nothing: numbers are typed", theirs

    # The same bytes on each run.
    def same(file):
        found = outputs.get(file, [])
        return none if len(found) < 2 else "the same" if len(set(found)) == 1 else "differ"

    pdf = same("pandoc.pdf")
    if tools.latex:
        fixed = []
        for _ in range(2):
            must(tools.pandoc_pdf("small-pandoc.md", "small.pdf"), folder, {"SOURCE_DATE_EPOCH": "0"})
            fixed.append(digest(folder / "small.pdf"))
            time.sleep(1.1)
        pdf += f"; with SOURCE_DATE_EPOCH {'the same' if len(set(fixed)) == 1 else 'differ'}"
    yield "bytes of HTML on each run", same("report.html"), same("pandoc.html"), same("notebook.html")
    yield "bytes of PDF on each run", same("report.pdf"), pdf, same("notebook.pdf")

    # What is inside of the files.
    def of(kind, question):
        return [question(folder / f"{n}.{kind}") if (folder / f"{n}.{kind}").exists() else none for n in ("report", "pandoc", "notebook")]

    if shutil.which("pdfinfo"):
        yield "PDF tagged", *of("pdf", lambda p: re.search(r"Tagged: +(\w+)", run(["pdfinfo", p], folder)["text"])[1])
        yield "PDF with an outline", *of("pdf", lambda p: "yes" if b"/Outlines" in run_qpdf(p, folder) else "no")
        yield "files of data in the PDF", *of("pdf", lambda p: re.match(r"\d+", run(["pdfdetach", "-list", p], folder)["text"])[0])
    done = run([tools.ecgbook, "extract", "report.html", "fig-sa-labels"], folder)
    rows = list(csv.reader(io.StringIO(done["text"]))) if done["status"] == 0 else []
    yield "data of a figure, out of the HTML", f"{len(rows) - 1} rows by 'ecgbook extract'" if rows else "no", "no command", "no command"
    yield "scripts that the HTML loads from elsewhere", *of("html", lambda p: str(len(re.findall(r"<script[^>]*\ssrc=.?https?:", p.read_text()))))
    yield "script in the HTML", *of("html", lambda p: f"{script_bytes(p) / 1000:.0f} kB")

    if tools.axe:
        def broken(path):
            done = must([tools.axe, HERE / "axe.py", tools.chromium, path], folder)
            rules = json.loads(done["text"].strip().splitlines()[-1])
            return ", ".join(f"{rule} ({count})" for rule, count in sorted(rules.items())) or "nothing"

        yield "broken rules of WCAG 2.2 AA in the HTML, by axe-core", *of("html", broken)

    # A number changed in a finished file.
    forged = (folder / "report.html").read_text()
    value = re.search(r"makes (?:<[^>]*>)*(\d+)", forged)
    (folder / "forged.html").write_text(forged[:value.start(1)] + "999" + forged[value.end(1):])
    whole, changed = (run([tools.ecgbook, "verify", f"{n}.html"], folder) for n in ("report", "forged"))
    ours = "found by 'ecgbook verify'" if whole["status"] == 0 and changed["status"] == 1 else f"not found ({changed['status']})"
    yield "a number changed in the finished HTML", ours, "no command", "no command"

    # Equations.
    equation = r"$\sum_{i=1}^{n} \begin{pmatrix} x_i \\ y_i \end{pmatrix}$"
    row = [none, none]
    (folder / "equation.md").write_text(SMALL.replace("There are", equation + ". There are"))
    done = run(tools.render("equation.md", "html"), folder)
    page = (folder / "equation.html").read_text() if done["status"] == 0 else ""
    ours = "refused" if done["status"] else "set" if "<math" in page else "printed as typed"
    if tools.pandoc:
        pandoc(equation, "--mathml")
        row[0] = "set (MathML)" if "<math" in (folder / "small-pandoc.html").read_text() else "not set"
    if tools.python:
        book("equation", ["#" + equation])
        must(tools.nbconvert("equation.ipynb", "equation-nb.html"), folder)
        row[1] = "set by MathJax, loaded from elsewhere" if "mathjax" in (folder / "equation-nb.html").read_text().lower() else "not set"
    yield "an equation with a matrix", ours, *row

    # Formats.
    row = [none, none]
    if tools.pandoc:
        row[0] = str(len(run([tools.pandoc, "--list-output-formats"], folder)["text"].split()))
    if tools.python:
        code = "from nbconvert.exporters import get_export_names; print(len(get_export_names()))"
        row[1] = run([tools.python, "-c", code], folder)["text"].split()[-1]
    yield "formats it writes", "3 (HTML, PDF, JSON), and parts for LaTeX", *row


def run_qpdf(path, folder):
    """The PDF with its objects in the open, where qpdf is there."""
    plain = folder / "plain.pdf"
    if not shutil.which("qpdf") or run(["qpdf", "--qdf", "--object-streams=disable", path, plain], folder)["status"] not in (0, 3):
        return path.read_bytes()
    return plain.read_bytes()


def script_bytes(path):
    scripts = re.findall(r"<script(?![^>]*application/json)[^>]*>(.*?)</script>", path.read_text(), re.S)
    return sum(len(text.encode()) for text in scripts)


class Report:
    """Both tables, as text and for bench.json."""

    sides = ("ecgbook", "pandoc", "notebook")
    heads = ("", "ecgbook", "pandoc", "papermill + nbconvert")

    def __init__(self, text, computed, times, sizes, features, others):
        self.lines, self.cells = len(text.splitlines()), text.count("```{") - text.count("```{citations")
        self.times, self.sizes, self.features, self.others = times, sizes, features, others

    def time_rows(self):
        steps = list(dict.fromkeys(step for step, _ in self.times))
        for step in steps:
            yield step, *(self.time_cell(self.times.get((step, side))) for side in self.sides)
        peaks = {side: max((m["peak"] for (_, s), ms in self.times.items() if s == side for m in ms), default=None) for side in self.sides}
        yield "largest process, MiB", *(f"{peaks[s]:.0f}" if peaks[s] else "–" for s in self.sides)
        for kind in ("html", "pdf"):
            yield f"{kind.upper()}, kB", *(f"{self.sizes[kind, s] / 1000:,.0f}" if (kind, s) in self.sizes else "–" for s in self.sides)
        yield "pages", *(str(self.sizes.get(("pages", s), "–")) for s in self.sides)

    @staticmethod
    def time_cell(measures):
        if not measures:
            return "–"
        middle = lambda key: statistics.median(m[key] for m in measures)
        return f"{middle('wall'):.3g} s ({middle('cpu'):.3g})"

    def __str__(self):
        note = f"One document, {self.cells} cells and {self.lines:,} lines: seconds (CPU-seconds), medians"
        if self.others is not None and self.others > 0.1:
            note += f"; others worked: {self.others:.0%} of a core"
        return "\n\n".join([note, grid([self.heads, *self.time_rows()]), grid([self.heads, *self.features])])

    def json(self):
        return {
            "cells": self.cells, "lines": self.lines, "others": self.others,
            "times": [{"step": s, "side": side, "measures": [{k: m[k] for k in ("wall", "cpu", "peak")} for m in ms]}
                      for (s, side), ms in self.times.items()],
            "sizes": [{"what": w, "side": s, "value": v} for (w, s), v in self.sizes.items()],
            "features": [dict(zip(("what", *self.sides), row)) for row in self.features]}


def grid(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "─" * max(map(len, lines)))
    return "\n".join(lines)
