"""One document in three forms, from one seed: a report of ECGBook, Markdown for pandoc, a Jupyter notebook.

Eight sites with a small data set each; per site 25 cells: 4 that read the data, 8 figures, 13 tables. With headings,
prose, values, references, citations, footnotes, lists and tables of the text: 200 cells and 3,000 lines. The report is
written first; the other forms are made of it, with the values, the numbers of figures and the tables that ECGBook computed,
since pandoc computes nothing and a notebook's Markdown holds no values.
"""

import json
import pathlib
import random
import re
import textwrap

LINES = 3000
WIDTH = 90  # columns of a line of prose
SITES = [f"s{letter}" for letter in "abcdefgh"]
RECORDS = 120  # of each site

# What a site shows: name of the cell, the data cell it reads, frame, what a figure draws, width in mm, caption.
FIGURES = [
    ("ages", "super", "ages", "ages", 85, "Ages of women and men at the recording. In classes of five years."),
    ("sexes", "super", "sexes", "bars", 85, "Records by sex. Each record counts, so that some patients count more than once."),
    ("labels", "super", "labels", "bars", 120, "Records of each superclass. A record may have several."),
    ("folds", "super", "label-folds", "label-counts", 166, "Superclasses over the folds. Each small column is a fold."),
    ("pairs", "super", "co-occurrence", "co-occurrence", 85, "Superclasses that come together. Counts, and shares of the row."),
    ("rhythms", "rhythm", "labels", "bars", 120, "Records of each rhythm. Sinus rhythm leads, as expected."),
    ("sure", "sure", "labels", "bars", 85, "Superclasses at a stated likelihood of at least a half. Unstated ones stay."),
    ("sure-folds", "sure", "label-folds", "label-counts", 166, "Likely superclasses over the folds. Each small column is a fold."),
]
TABLES = [
    ("sexes", "super", "sexes", "Records by sex."),
    ("uses", "super", "folds", "Records and patients in each fold, and what the folds are for."),
    ("labels", "super", "labels", "The superclasses, with what they mean and where their records are."),
    ("folds", "super", "label-folds", "Superclasses in each fold."),
    ("pairs", "super", "co-occurrence", "Superclasses that come together."),
    ("rhythms", "rhythm", "labels", "The rhythms, with what they mean and where their records are."),
    ("rhythm-folds", "rhythm", "label-folds", "Rhythms in each fold."),
    ("sure", "sure", "labels", "Superclasses at a stated likelihood of at least a half."),
    ("sure-folds", "sure", "label-folds", "Likely superclasses in each fold."),
    ("sure-pairs", "sure", "co-occurrence", "Likely superclasses that come together."),
    ("certain", "certain", "labels", "Superclasses that were certain, or of no stated likelihood."),
    ("certain-folds", "certain", "label-folds", "Certain superclasses in each fold."),
    ("certain-pairs", "certain", "co-occurrence", "Certain superclasses that come together."),
]
DATA = {  # the label set, and the likelihood below which a statement does not count
    "super": ("superclass", None), "rhythm": ("rhythm", None), "sure": ("superclass", 50), "certain": ("superclass", 100)}
SECTIONS = {  # the cells of a section, in order
    "Who was recorded": ["fig-ages", "fig-sexes", "tbl-sexes"],
    "How the records were divided": ["tbl-uses", "fig-folds", "tbl-folds"],
    "What the records show": ["fig-labels", "tbl-labels", "fig-pairs", "tbl-pairs"],
    "Rhythm": ["fig-rhythms", "tbl-rhythms", "tbl-rhythm-folds"],
    "Likely and certain": ["fig-sure", "tbl-sure", "fig-sure-folds", "tbl-sure-folds", "tbl-sure-pairs", "tbl-certain", "tbl-certain-folds",
                           "tbl-certain-pairs"],
}
assert sum(map(len, SECTIONS.values())) == len(FIGURES) + len(TABLES)

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

WORKS = ["wagner2020", "goldberger2000", "strodthoff2021", "mcsharry2003", "efron1993", "wilson1927", "gu2022", "holm1979"]


class Prose:
    """Sentences that are grammatical and say little; the same seed gives the same."""

    subjects = ["the site", "this hospital", "the group that collected them", "a cardiologist", "the second reader", "the table",
                "each recording", "the protocol", "the software of the device", "a nurse", "the registry"]
    verbs = ["describes", "keeps", "leaves out", "repeats", "confirms", "orders", "marks", "counts", "explains", "compares"]
    objects = ["what the first reader saw", "the statements of form", "recordings with loose electrodes", "the rhythm of each patient",
               "ages that are not given", "records without any statement", "the folds as they were published",
               "findings that come together", "what a later visit brought", "the lead with most noise"]
    ends = ["so that nobody has to guess", "as the description of the data asks", "whenever a patient came twice",
            "before anything was computed", "with *one* exception", "where both readers agreed",
            "although **no** rule demanded it", "and says so in a `note`", "until the folds were fixed", "for every patient"]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def sentence(self):
        pick = self.random.choice
        text = f"{pick(self.subjects)} {pick(self.verbs)} {pick(self.objects)} {pick(self.ends)}"
        if self.random.random() < 0.4:
            text += f", while {pick(self.subjects)} {pick(self.verbs)} {pick(self.objects)}"
        return text[0].upper() + text[1:]

    def paragraph(self, sentences, marks=()):
        """Marks (values, references, citations, notes) end a sentence each, in order."""
        parts = [self.sentence() for _ in range(sentences)]
        for place, mark in enumerate(marks):
            parts[place % sentences] += mark
        return ". ".join(parts) + "."


def wrapped(text, indent=""):
    """Lines of `WIDTH` columns; values and citations stay on one line, where they must be."""
    whole = re.sub(r"\{\{.*?\}\}|\[@.*?\]", lambda m: m[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(whole, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=indent)
    return [line.replace("\0", " ") for line in lines]


def report(folder, bibliography=None):
    """The report's text: `LINES` lines, 25 cells for each site. `folder`: where the sites' data are, as seen from it."""
    prose, lines, notes = Prose(7), [], []

    def write(text=""):
        lines.extend(text.split("\n"))

    def paragraph(sentences, marks=()):
        lines.extend(wrapped(prose.paragraph(sentences, marks)) + [""])

    def cite():
        keys = prose.random.sample(WORKS, prose.random.choice([1, 1, 2]))
        return " [" + "; ".join("@" + key for key in keys) + "]"

    def note():
        name = f"n{len(notes) + 1}"
        notes.append((name, prose.paragraph(2)))
        return f"[^{name}]"

    write("---\ntitle: Eight sites, counted and compared\nauthors: [A. Name, B. Name]\ndate: 2026-01-01\ncontents: true")
    if bibliography:
        write(f"bibliography: {bibliography}")
    write("---\n\n## What this is\n")
    for _ in range(4):
        paragraph(6, [cite()])
    for site in SITES:
        main = f"{site}-super"
        write(f"## Site {site[1].upper()}\n")
        paragraph(4, [f", which makes {{{{ {main}.records }}}} records of {{{{ {main}.patients }}}} patients", cite(), note()])
        for name, (labels, likelihood) in DATA.items():
            more = f"likelihood: {likelihood}\n" if likelihood else ""
            write(f"```{{dataset #{site}-{name}}}\ndata: {folder}/{site}\nlabels: {labels}\n{more}```\n")
        for title, cells in SECTIONS.items():
            write(f"### {title}\n")
            paragraph(3, [f" ({{{{ {main}.women }}}} women and {{{{ {main}.men }}}} men)", note(), cite()])
            for _ in range(3):
                lines.extend(wrapped(f"- {prose.sentence()}.", indent="  "))
            write()
            write("| What was asked | Site | Of all |\n| :--- | ---: | ---: |")
            for word in ("patients", "women", "men"):
                write(f"| {word} | {{{{ {main}.{word} }}}} | {{{{ {main}.records }}}} |")
            write()
            for cell in cells:
                kind, name = cell.split("-", 1)
                ident = f"{kind}-{site}-{name}"
                paragraph(1, [f" (@{ident})"])
                if kind == "fig":
                    _, data, frame, draw, width, caption = next(f for f in FIGURES if f[0] == name)
                    write(f"```{{figure #{ident}}}\nof: {site}-{data}\ndraw: {draw}\nframe: {frame}\n"
                          f"width: \"{width}\"\ncaption: {caption}\n```\n")
                else:
                    _, data, frame, caption = next(t for t in TABLES if t[0] == name)
                    write(f"```{{table #{ident}}}\nof: {site}-{data}\nframe: {frame}\ncaption: {caption}\n```\n")
    write("## Remarks\n")
    # The notes and the references follow; the prose before them fills up what is missing to LINES.
    ending = [line for name, text in notes for line in wrapped(f"[^{name}]: {text}", indent="    ") + [""]]
    ending += ["## References", "", "```{citations}", "```"]
    room = LINES - len(lines) - len(ending)
    if room < 8:
        raise SystemExit(f"bench: the document has {len(lines) + len(ending)} lines before its remarks, {LINES} are wanted")
    # Single lines, so that the count comes out.
    body = []
    while len(body) < room - 8:
        body += wrapped(prose.paragraph(5, [cite()])) + [""]
    body = body[:room - 2]
    while len(body) < room - 2:
        body.append("")
    lines += body + ["The end of the remarks.", ""] + ending
    assert len(lines) == LINES, len(lines)
    return "\n".join(lines) + "\n"


# The other forms


class Computed:
    """What ECGBook computed for the report: NAME.results.json."""

    def __init__(self, path):
        results = json.loads(pathlib.Path(path).read_text())
        cells = results["cells"]
        self.bibliography = results["report"]["bibliography"]  # CSL-JSON
        self.values = {cell["id"]: cell["values"] for cell in cells}
        self.shown = {shown["id"]: shown for cell in cells for shown in cell["figures"] + cell["tables"]}

    def value(self, path):
        cell, *names = path.split(".")
        value = self.values[cell]
        for name in names:
            value = value[name]
        return str(value)

    def frame(self, ident):
        """Heads and columns; a column is a list of texts or numbers."""
        columns = self.shown[ident]["data"]["columns"]
        content = [next(v for k, v in c.items() if k in ("texts", "integers", "numbers")) for c in columns]
        return columns, content

    def number(self, ident):
        return ("Figure " if ident.startswith("fig-") else "Table ") + str(self.shown[ident]["number"])


CELL = re.compile(r"```\{(\w+)(?: #([\w-]+))?\}\n(.*?)```\n", re.S)
VALUE = re.compile(r"\{\{ ([\w.-]+) \}\}")
REFERENCE = re.compile(r"@((?:fig|tbl)-[\w-]*\w)")


def blocks(text):
    """The front matter, then a list of ("prose", text) and (kind, id, options), in order."""
    _, front, body = text.split("---\n", 2)
    parts, at = [], 0
    for match in CELL.finditer(body):
        parts.append(("prose", body[at:match.start()]))
        options = dict(line.split(": ", 1) for line in match[3].splitlines())
        parts.append((match[1], match[2], options))
        at = match.end()
    parts.append(("prose", body[at:]))
    return front, parts


def cell_text(value, column):
    return f"{100 * value:.1f}%" if column.get("format") == "percent1" else str(value)


def pandoc_markdown(text, computed):
    """Markdown for pandoc: values and numbers typed in, tables as pipe tables, figures as files without extension."""
    front, parts = blocks(text)
    out = ["---\n" + front.replace("authors:", "author:").replace("contents: true\n", "") + "lang: en\n---\n"]
    for part in parts:
        if part[0] == "prose":
            prose = VALUE.sub(lambda m: computed.value(m[1]), part[1])
            out.append(REFERENCE.sub(lambda m: f"[{computed.number(m[1])}](#{m[1]})", prose))
        elif part[0] == "figure":
            _, ident, options = part
            shown = computed.shown[ident]
            out.append(f"![{computed.number(ident)}. {options['caption']}](figures/{ident})"
                       f"{{#{ident} width={json.loads(options['width'])}mm alt=\"{shown['description']}\"}}\n")
        elif part[0] == "table":
            _, ident, options = part
            columns, content = computed.frame(ident)
            rows = [[cell_text(v, c) for v, c in zip(row, columns)] for row in zip(*content)]
            numeric = ["texts" not in c for c in columns]
            # Pandoc measures columns by these dashes once a line is wide.
            longest = [max(len(c["title"]), *(len(r[i]) for r in rows)) for i, c in enumerate(columns)]
            out.append(f"::: {{#{ident}}}\n")
            out.append("| " + " | ".join(c["title"] for c in columns) + " |")
            out.append("|" + "|".join("-" * (w + 1) + (":" if n else "-") for w, n in zip(longest, numeric)) + "|")
            out += ["| " + " | ".join(row).replace("_", "\\_") + " |" for row in rows]
            out.append(f"\n: {computed.number(ident)}. {options['caption']}\n\n:::\n")
        elif part[0] == "citations":
            out.append("::: {#refs}\n:::\n")
    return "\n".join(out)


def notebook(text, computed):
    """A notebook whose code cells are the report's cells; prose between them, values and numbers typed in."""
    import nbformat
    from nbformat import v4

    works = {work["id"]: work for work in computed.bibliography}
    cited = []

    def cite(match):
        keys = re.findall(r"@(\w+)", match[0])
        cited.extend(k for k in keys if k not in cited)
        return "[" + ", ".join(f"[{cited.index(k) + 1}](#references)" for k in keys) + "]"

    front, parts = blocks(text)
    title = re.search("^title: (.*)$", front, re.M)[1]
    cells = [v4.new_markdown_cell(f"# {title}"),
             v4.new_code_cell("site_folder = 'sites'", metadata={"tags": ["parameters"]}),
             v4.new_code_cell("from notebook_cells import *")]
    for number, part in enumerate(parts):
        if part[0] == "prose":
            prose = VALUE.sub(lambda m: computed.value(m[1]), part[1])
            prose = re.sub(r"\[@[^\]]*\]", cite, prose)
            prose = REFERENCE.sub(lambda m: f"[{computed.number(m[1])}](#{m[1]})", prose)
            # Neither the notebook nor nbconvert has footnotes.
            prose = re.sub(r"^\[\^(n\d+)\]:", r'<a id="\1"></a>\1:', prose, flags=re.M)
            prose = re.sub(r"\[\^(n\d+)\]", r"[\1](#\1)", prose).strip()
            if prose:
                cells.append(v4.new_markdown_cell(prose))
        elif part[0] == "dataset":
            _, ident, options = part
            site = options["data"].rsplit("/", 1)[1]
            cells.append(v4.new_code_cell(f"{python(ident)} = Site(site_folder + '/{site}', '{options['labels']}', {options.get('likelihood', 0)})"))
        elif part[0] in ("figure", "table"):
            kind, ident, options = part
            caption = f"{computed.number(ident)}. {options['caption']}"
            frame = f"{python(options['of'])}.frame('{options['frame']}')"
            if kind == "figure":
                width = json.loads(options["width"])
                code = f"draw('{options['draw']}', {frame}, '{ident}', {width}, {caption!r})"
            else:
                code = f"show({frame}, '{ident}', {caption!r})"
            cells.append(v4.new_code_cell(code))
        elif part[0] == "citations":
            lines = []
            for i, key in enumerate(cited):
                work = works[key]
                names = ", ".join(f"{a.get('family', '')} {a.get('given', '')[:1]}" for a in work.get("author", []))
                lines.append(f"{i + 1}. {names}. {work['title']}. {work.get('container-title', '')}.")
            cells.append(v4.new_markdown_cell("\n".join(lines)))
    for index, cell in enumerate(cells):
        cell["id"] = f"cell-{index}"  # nbformat's are random
    made = v4.new_notebook(cells=cells, metadata={**KERNEL, "title": title})
    nbformat.validate(made)
    return nbformat.writes(made) + "\n"


def python(ident):
    return ident.replace("-", "_")
