"""Scores delineations of ECGs against cardiologists' annotations: ecgbook's and those of Python's tools, by one rule.

    python Tests/Bench/waves.py                                    every detector that is installed
    python Tests/Bench/waves.py --ours FOLDER --peers none         annotation files that are already written
    python Tests/Bench/waves.py --ours FOLDER --peers none --records 1-70 --sets ludb --list "P onset"

A delineation is a folder in LUDB's form: for each record and lead one MIT annotation file RECORD.LEAD (`1.ii`,
`sel100.mlii`; the lead's name in lower case) with boundaries `(` and `)` around peaks `p`, `N` and `t`. The data is
looked for at ../shared/data, or where --data says; without it nothing is scored.

How it is scored. Each of nine boundaries stands alone: P onset, peak, end; QRS onset, R peak, end; T onset, peak, end.
A detection and a reference are paired one to one, the closest first, within 150 ms. Sensitivity (Se) is the share of
references that are paired, positive predictive value (PPV) the share of detections. A detection that is not paired
counts only where the record is annotated: from its first to its last annotation of that lead, both included (LUDB's
first and last beats are not annotated). An error is detection less reference; its standard deviation is that of all
pairs of all records together, n - 1.

LUDB: lead II alone, or each of the 12 leads against its own annotations (--leads all). Kalyakulina et al., IEEE
Access 8 (2020), doi:10.1109/ACCESS.2020.3029211.

QTDB: the beats that `.q1c` annotates, QT being from QRS onset to T end, by four rules: the first lead alone, the
second alone, both (the earlier onset and the later end), and for each boundary of each beat the lead that is closer,
the custom of the field since Martinez et al., IEEE Trans Biomed Eng 51 (2004), 570-581, who had it because the
annotator saw both leads. A rule that a detector has of its own for all leads together is a fifth. Boundaries are paired
as above. PPV is not computable, since `.q1c` annotates some beats of many. Two standard deviations are given: that of
all beats together, and the mean of those of each record. Laguna et al., Computers in Cardiology 24 (1997), 673-676.

R peaks: QTDB's and those of MIT-BIH's record 100, all beats of `.atr`, each lead alone.

Seconds are of this machine as it was: CPU time of a record, median; of ecgbook those of whole commands.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

import numpy as np
import wfdb

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WINDOW = 0.150  # s
BOUNDARIES = ("P onset", "P peak", "P end", "QRS onset", "R", "QRS end", "T onset", "T peak", "T end")
PARTS = {"P": BOUNDARIES[:3], "QRS": BOUNDARIES[3:6], "T": BOUNDARIES[6:]}
BEATS = set("NLRBAaJSVrFejnE/fQ?")  # annotation codes of beats; WFDB Programmer's Guide, ecgcodes.h
LEADS = ("i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6")


# Waves: for each boundary its samples, in order of time.


def no_waves():
    return {name: np.empty(0) for name in BOUNDARIES}


def ordered(waves):
    return {name: np.unique(np.asarray(waves.get(name, ()), dtype=float)) for name in BOUNDARIES}


def read_waves(path):
    """The waves of an annotation file RECORD.LEAD: a `(` belongs to the peak after it, a `)` to the one before."""
    annotation = wfdb.rdann(str(path.with_suffix("")), path.suffix[1:])
    waves = {name: [] for name in BOUNDARIES}
    onset = kind = None
    for sample, symbol in zip(annotation.sample, annotation.symbol):
        if symbol == "(":
            onset, kind = sample, None
        elif symbol == ")":
            if kind in PARTS:
                waves[PARTS[kind][2]].append(sample)
            onset = kind = None
        elif symbol in {"p", "t", "u"} or symbol in BEATS:
            found = {"p": "P", "t": "T", "u": "U"}.get(symbol, "QRS")
            if found == kind and found != "QRS":
                continue  # the second peak of a biphasic wave
            kind = found
            if kind in PARTS:
                waves[PARTS[kind][1]].append(sample)
                if onset is not None:
                    waves[PARTS[kind][0]].append(onset)
            onset = None
    return ordered(waves)


def span(waves):
    samples = np.concatenate(list(waves.values()))
    return (samples.min(), samples.max()) if len(samples) else (0, -1)


# The score


def pair(reference, found, window):
    """Index pairs, one to one, closest first, at most `window` samples apart."""
    first = np.searchsorted(found, reference - window, "left")
    last = np.searchsorted(found, reference + window, "right")
    candidates = sorted((abs(found[j] - r), i, j) for i, r in enumerate(reference) for j in range(first[i], last[i]))
    used_i, used_j, pairs = set(), set(), []
    for _, i, j in candidates:
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
            pairs.append((i, j))
    return sorted(pairs)


@dataclasses.dataclass
class Score:
    paired: int = 0
    missed: int = 0
    false: int = 0
    errors: list = dataclasses.field(default_factory=list)  # ms

    def add(self, reference, found, limits, rate):
        """Compares samples of one boundary in one record; `limits` are the annotated samples, first and last."""
        pairs = pair(reference, found, WINDOW * rate)
        taken = {j for _, j in pairs}
        self.paired += len(pairs)
        self.missed += len(reference) - len(pairs)
        self.false += sum(1 for j, s in enumerate(found) if j not in taken and limits[0] <= s <= limits[1])
        self.errors += [1000 * (found[j] - reference[i]) / rate for i, j in pairs]

    def __add__(self, other):
        return Score(self.paired + other.paired, self.missed + other.missed, self.false + other.false,
                     self.errors + other.errors)

    def json(self):
        percent = lambda part, whole: 100 * part / whole if whole else None
        return {"se": percent(self.paired, self.paired + self.missed),
                "ppv": percent(self.paired, self.paired + self.false),
                "mean": statistics.fmean(self.errors) if self.errors else None,
                "sd": statistics.stdev(self.errors) if len(self.errors) > 1 else None,
                "references": self.paired + self.missed, "paired": self.paired, "false": self.false}


def total(scores):
    result = Score()
    for score in scores:
        result = result + score
    return result


# The data


@dataclasses.dataclass
class Record:
    path: pathlib.Path  # without suffix
    leads: list  # names in lower case
    rate: float
    signal: np.ndarray  # [samples, leads], mV

    @property
    def name(self):
        return self.path.name


def read_record(path):
    record = wfdb.rdrecord(str(path))
    return Record(path, [name.lower() for name in record.sig_name], record.fs, record.p_signal)


def unpacked(data, archive):
    """The folder of an archive's content, unpacked at the first call; None where there is no archive."""
    source = data / "waves" / archive
    if not source.exists():
        return None
    target = ROOT / ".build/bench-data/waves" / archive.split(".")[0]
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = tempfile.mkdtemp(dir=target.parent)
        with tarfile.open(source) as tar:
            tar.extractall(partial, filter="data")
        os.rename(partial, target)
    return target


def record_numbers(text):
    numbers = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


# The detectors


class Files:
    """Annotation files that were written before: of a set of records in its subfolder (ludb, qtdb, mitdb), if there."""

    def __init__(self, name, folder):
        self.name, self.top, self.folder, self.seconds, self.notes = name, pathlib.Path(folder), None, [], []

    def begin(self, kind):
        """Whether there are any files for a set of records."""
        self.folder = self.top / kind if (self.top / kind).exists() else self.top
        starts = {"ludb": "*.ii", "qtdb": "sel*.*", "mitdb": "100.mlii"}
        return any(self.folder.glob(starts[kind]))

    def delineate(self, record, leads):
        """For each of `leads` its waves, and those of all leads together where the detector has them, else None."""
        found = []
        for lead in leads:
            path = self.folder / f"{record.name}.{lead}"
            if path.exists():
                found.append(read_waves(path))
            else:
                self.notes.append(f"{record.name}: no file {path.name}")
                found.append(no_waves())
        return found, None


class ECGBook(Files):
    """`ecgbook measure RECORD --annotations DIR`, which writes the files; the seconds are those of whole commands."""

    def __init__(self, program, folder):
        super().__init__("ecgbook", folder)
        self.program = program

    @staticmethod
    def find():
        """The program where it is built and knows `measure`, else why not."""
        program = pathlib.Path(os.environ.get("ECGBOOK", ROOT / ".build/release/ecgbook")).resolve()
        if not program.exists():
            return None, f"no {program}; 'make' builds it"
        answer = subprocess.run([program, "measure", "--help"], capture_output=True, text=True)
        if answer.returncode != 0 or "--annotations" not in answer.stdout + answer.stderr:
            return None, f"{program} has no 'measure --annotations'"
        return program, None

    def begin(self, kind):
        self.folder = self.top / kind
        self.folder.mkdir()
        return True

    def delineate(self, record, leads):
        start = time.perf_counter()
        process = subprocess.Popen([self.program, "measure", record.path, "--annotations", self.folder],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds.append((time.perf_counter() - start, usage.ru_utime + usage.ru_stime))
        if process.returncode != 0:
            self.notes.append(f"{record.name}: status {process.returncode}: {complaint.strip()[:200]}")
        return super().delineate(record, leads)


class Peer:
    """A Python tool; a record on which it crashes is one without waves, and noted."""

    def __init__(self, name, peer, slow):
        self.name, self.peer, self.slow, self.seconds, self.notes = name, peer, slow, [], []

    def begin(self, kind):
        return kind == "ludb" or self.slow or not self.peer.slow

    def delineate(self, record, leads):
        taken = record.leads if self.peer.takes_all else list(leads)
        signal = record.signal[:, [record.leads.index(lead) for lead in taken]]
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            found, together = self.peer.detect(signal, record.rate)
        except Exception as error:  # whatever it is, it is the tool's own
            self.notes.append(f"{record.name} {type(error).__name__}: {str(error)[:120]}")
            found, together = [no_waves() for _ in taken], None
        self.seconds.append((time.perf_counter() - wall, time.process_time() - cpu))
        return [ordered(found[taken.index(lead)]) for lead in leads], together and ordered(together)


def timing(detector):
    """Median seconds of a record, wall and CPU, of what was timed since the last call; None where nothing was."""
    taken, detector.seconds = detector.seconds, []
    if not taken:
        return None
    walls, cpus = zip(*taken)
    return {"wall": statistics.median(walls), "cpu": statistics.median(cpus), "most": max(walls)}


# The sets


def score_ludb(detector, folder, numbers, leads):
    """{record number: {boundary: Score}} over `leads`."""
    scores = {}
    for number in numbers:
        record = read_record(folder / f"ludb/data/{number}")
        references = [read_waves(record.path.with_suffix(f".{lead}")) for lead in leads]
        scores[number] = {name: Score() for name in BOUNDARIES}
        found, _ = detector.delineate(record, leads)
        for reference, waves in zip(references, found):
            limits = span(reference)
            for name in BOUNDARIES:
                scores[number][name].add(reference[name], waves[name], limits, record.rate)
    return scores


def nearest_errors(reference, found, rate):
    errors = np.full(len(reference), np.nan)
    for i, j in pair(reference, found, WINDOW * rate):
        errors[i] = 1000 * (found[j] - reference[i]) / rate
    return errors


QT_RULES = ("first lead", "second lead", "both leads", "closer lead", "its own")


def closer(rows):
    """Of each column the value next to 0, NaN where all are."""
    distance = np.where(np.isnan(rows), np.inf, np.abs(rows))
    return rows[np.argmin(distance, axis=0), np.arange(rows.shape[1])]


def without_warning(reduce, rows):
    """`reduce` down the columns, passing NaN over, NaN where all are."""
    result = np.full(rows.shape[1], np.nan)
    some = ~np.isnan(rows).all(axis=0)
    result[some] = reduce(rows[:, some], axis=0)
    return result


def score_qtdb(detector, records):
    """Boundaries and QT by each rule: {rule: {boundary or "QT": figures}}, and R peaks: {lead number: Score}."""
    errors = {rule: {name: [] for name in (*BOUNDARIES, "QT")} for rule in QT_RULES}
    beats = [Score(), Score()]
    for record in records:
        found, together = detector.delineate(record, record.leads)
        reference = read_waves(record.path.with_suffix(".q1c"))
        truth = read_waves(record.path.with_suffix(".atr"))["R"]
        for lead in range(2):
            beats[lead].add(truth, found[lead]["R"], (truth[0], truth[-1]), record.rate)
        # A beat's T end is the first one after its QRS onset and before the next.
        onsets, ends = reference["QRS onset"], reference["T end"]
        following = np.searchsorted(ends, onsets, "right")
        limit = np.append(onsets[1:], np.inf)
        has_end = (following < len(ends)) & (np.append(ends, np.inf)[following] < limit)
        by_rule = {rule: {} for rule in QT_RULES}
        for name in BOUNDARIES:
            rows = np.array([nearest_errors(reference[name], waves[name], record.rate) for waves in found[:2]])
            latest = name.endswith("end")
            by_rule["first lead"][name], by_rule["second lead"][name] = rows
            if name in ("QRS onset", "T end", "P onset", "P end", "QRS end", "T onset"):
                by_rule["both leads"][name] = without_warning(np.nanmax if latest else np.nanmin, rows)
            by_rule["closer lead"][name] = closer(rows)
            if together:
                by_rule["its own"][name] = nearest_errors(reference[name], together[name], record.rate)
        for rule, rows in by_rule.items():
            for name, row in rows.items():
                errors[rule][name].append(row)
            if rows:
                errors[rule]["QT"].append(rows["T end"][following[has_end]] - rows["QRS onset"][has_end])
    figures = {rule: {name: spread(rows) for name, rows in names.items() if rows} for rule, names in errors.items()}
    return {rule: names for rule, names in figures.items() if names}, beats


def spread(rows):
    """Errors of each record in ms, NaN where not found -> Se, mean, SD of all, and the mean of the records' own SDs."""
    errors = np.concatenate(rows)
    kept = errors[~np.isnan(errors)]
    own = [np.std(r[~np.isnan(r)], ddof=1) for r in rows if np.sum(~np.isnan(r)) > 1]
    return {"se": 100 * len(kept) / len(errors) if len(errors) else None, "references": len(errors),
            "mean": float(kept.mean()) if len(kept) else None,
            "sd": float(np.std(kept, ddof=1)) if len(kept) > 1 else None,
            "sdOfRecords": float(np.mean(own)) if own else None}


# The tables


def number(x, digits=1):
    return "–" if x is None else f"{x:.{digits}f}".replace("-", "−")


def table(heads, rows):
    rows = [heads, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    lines = ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip()
             for row in rows]
    lines.insert(1, "─" * max(map(len, lines)))
    return "\n".join(lines)


def ludb_table(title, results):
    """`results`: {detector: {boundary: figures}}; each cell: Se / PPV, mean ± SD."""
    rows = []
    for detector, scores in results.items():
        cells = [f"{number(s['se'])}/{number(s['ppv'])} {number(s['mean'], 0)}±{number(s['sd'], 0)}"
                 if s["paired"] else "–" for s in (scores[name] for name in BOUNDARIES)]
        rows.append((detector, *cells))
    return f"{title}: Se/PPV in %, mean error ± SD in ms\n" + table(("", *BOUNDARIES), rows)


OURS = ("ecgbook", "ours")


def best_peers(results):
    """For each boundary the peer with the highest harmonic mean of Se and PPV (then the lowest SD), and ours beside."""
    peers = {name: figures for name, figures in results.items() if name not in OURS}
    ours = next((figures for name, figures in results.items() if name in OURS), None)
    rows = []
    for boundary in BOUNDARIES:
        def rank(name):
            s = peers[name][boundary]
            return (2 * s["se"] * s["ppv"] / (s["se"] + s["ppv"]), -s["sd"]) if s["paired"] > 1 else (0, 0)

        best = max(peers, key=rank)
        if rank(best) == (0, 0):
            continue
        figures = peers[best][boundary]
        cells = [boundary, best, *(number(figures[key]) for key in ("se", "ppv", "mean", "sd"))]
        if ours:
            mine, limit = ours[boundary], 12 if boundary == "T end" else 8
            shown = [number(mine[key]) for key in ("se", "ppv", "mean", "sd")]
            short = [what for what, met in (
                ("Se", mine["paired"] and mine["se"] >= figures["se"]),
                ("PPV", mine["paired"] and mine["ppv"] >= max(figures["ppv"], 95 * boundary.startswith("P "))),
                ("mean", mine["paired"] and abs(mine["mean"]) <= limit),
                ("SD", mine["sd"] is not None and mine["sd"] <= figures["sd"])) if not met]
            cells += [*shown, f"MISSED: {', '.join(short)}" if short else "met"]
        rows.append(cells)
    heads = ["", "best peer", "Se", "PPV", "mean", "SD"]
    if ours:
        heads += ["ours: Se", "PPV", "mean", "SD", "Se, PPV, SD as the peer's; mean ±8 (T end ±12); P PPV 95"]
    return table(heads, rows)


def list_records(scores, name):
    rows = []
    for record, by_name in scores.items():
        s = by_name[name]
        figures = s.json()
        rows.append((s.missed + s.false, figures["sd"] or 0, (str(record), str(s.missed), str(s.false),
                     number(figures["mean"]), number(figures["sd"]), number(min(s.errors, default=None), 0),
                     number(max(s.errors, default=None), 0))))
    rows = [cells for _, _, cells in sorted(rows, key=lambda r: r[:2], reverse=True)]
    return table((name, "missed", "false", "mean", "SD", "least", "most"), rows)


# The whole


def say(text):
    print(f"waves: {text}", file=sys.stderr, flush=True)


def detectors(arguments, scratch):
    chosen = []
    if arguments.ours:
        chosen.append(Files("ours", arguments.ours))
    else:
        program, reason = ECGBook.find()
        if program:
            chosen.append(ECGBook(program, scratch))
        else:
            say(f"ecgbook is left out: {reason}")
    versions = {}
    if arguments.peers != "none":
        import waves_peers

        peers, versions, missing = waves_peers.peers(arguments.peers)
        for name, reason in missing.items():
            say(f"{name} is left out: {reason}")
        chosen += [Peer(name, peer, arguments.slow) for name, peer in peers.items()]
    return chosen, versions


def measure(arguments):
    """Runs and scores all that is asked for; the result is plain data, and printed as it comes."""
    data = pathlib.Path(arguments.data).expanduser()
    result = {"window": WINDOW, "leads": arguments.leads}
    with tempfile.TemporaryDirectory() as scratch:
        chosen, result["versions"] = detectors(arguments, scratch)
        if not chosen:
            say("nothing to score")
            return result
        sets = arguments.sets.split(",")
        if "ludb" in sets:
            result["ludb"] = measure_ludb(arguments, chosen, unpacked(data, "ludb-1-100.tar.xz"), data)
        if "qtdb" in sets:
            result["qtdb"] = measure_qtdb(chosen, unpacked(data, "qtdb-16.tar.xz"), data)
        if "mitdb" in sets:
            result["mitdb"] = measure_mitdb(chosen, data / "wfdb/100")
    for detector in chosen:
        if detector.notes:
            say(f"{detector.name}: {len(detector.notes)} notes; the first: {'; '.join(detector.notes[:3])}")
    result["notes"] = {detector.name: detector.notes for detector in chosen if detector.notes}
    return result


def subsets(numbers):
    """All records, and the halves that thresholds are set on and checked on."""
    parts = {"all": numbers, "1-70": [n for n in numbers if n <= 70], "71-100": [n for n in numbers if n > 70]}
    return {f"{numbers[0]}-{numbers[-1]}" if name == "all" else name: part for name, part in parts.items()
            if part and (name == "all" or part != numbers)}


def measure_ludb(arguments, chosen, folder, data):
    if not folder:
        say(f"LUDB is left out: no {data}/waves/ludb-1-100.tar.xz")
        return None
    numbers = record_numbers(arguments.records)
    leads = LEADS if arguments.leads == "all" else arguments.leads.lower().split(",")
    result = {name: {} for name in subsets(numbers)}
    times = {}
    for detector in chosen:
        if not detector.begin("ludb"):
            continue
        scores = score_ludb(detector, folder, numbers, leads)
        times[detector.name] = timing(detector)
        for name, part in subsets(numbers).items():
            result[name][detector.name] = {b: total(scores[n][b] for n in part).json() for b in BOUNDARIES}
        if arguments.list:
            print(f"\n{detector.name}, LUDB {arguments.leads}\n{list_records(scores, arguments.list)}")
        say(f"LUDB: {detector.name} is done")
    for name, by_detector in result.items():
        print(f"\n{ludb_table(f'LUDB {name}, lead {arguments.leads}', by_detector)}")
        if set(by_detector) - set(OURS):
            print(f"\n{best_peers(by_detector)}")
    print_times("a record of 10 s", times)
    return {**result, "seconds": times}


def print_times(what, times):
    said = [f"{name} {1000 * t['cpu']:.0f} ms" for name, t in times.items() if t]
    if said:
        print(f"\nCPU time of {what}, median: {', '.join(said)}")


def measure_qtdb(chosen, folder, data):
    if not folder:
        say(f"QTDB is left out: no {data}/waves/qtdb-16.tar.xz")
        return None
    records = [read_record(path.with_suffix("")) for path in sorted((folder / "qtdb").glob("*.hea"))]
    result, times = {}, {}
    for detector in chosen:
        if not detector.begin("qtdb"):
            say(f"{detector.name}: nothing of QTDB")
            continue
        rules, beats = score_qtdb(detector, records)
        result[detector.name] = {"rules": rules, "r": [s.json() for s in beats]}
        times[detector.name] = timing(detector)
        say(f"QTDB: {detector.name} is done")
    rows = []
    for name, figures in result.items():
        for rule, names in figures["rules"].items():
            qt = names["QT"]
            if qt["mean"] is not None:
                rows.append((f"{name}, {rule}", number(qt["se"]), number(qt["mean"]), number(qt["sd"]),
                             number(qt["sdOfRecords"]), str(qt["references"])))
    print("\nQTDB, QT against .q1c: beats with both ends found in %, error in ms, SD of all, mean of the records' SDs")
    print(table(("", "Se", "mean", "SD", "SD of records", "beats"), rows))
    rows = []
    for name, figures in result.items():
        closest = figures["rules"].get("closer lead", {})
        if closest and closest["QRS onset"]["mean"] is not None:
            rows.append((name, *(f"{number(c['se'])} {number(c['mean'], 0)}±{number(c['sd'], 0)}"
                                 for c in (closest[b] for b in BOUNDARIES))))
    print("\nQTDB, boundaries against .q1c, the closer lead: Se in %, mean error ± SD in ms")
    print(table(("", *BOUNDARIES), rows))
    print_r("QTDB, R peaks against .atr", {name: figures["r"] for name, figures in result.items()})
    print_times("a record of 15 min", times)
    return {**result, "seconds": times}


def print_r(title, results):
    rows = [(name, *(cell for s in leads for cell in
                     (number(s["se"], 2), number(s["ppv"], 2), f"{number(s['mean'])}±{number(s['sd'])}")))
            for name, leads in results.items()]
    print(f"\n{title}: Se, PPV in %, mean error ± SD in ms; first lead, second lead")
    print(table(("", "Se", "PPV", "error", "Se", "PPV", "error"), rows))


def measure_mitdb(chosen, path):
    if not path.with_suffix(".atr").exists():
        say(f"MIT-BIH 100 is left out: no {path}.atr")
        return None
    record = read_record(path)
    truth = read_waves(path.with_suffix(".atr"))["R"]
    result, times = {}, {}
    for detector in chosen:
        if not detector.begin("mitdb"):
            say(f"{detector.name}: nothing of MIT-BIH 100")
            continue
        found, _ = detector.delineate(record, record.leads)
        result[detector.name] = []
        for waves in found:
            score = Score()
            score.add(truth, waves["R"], (truth[0], truth[-1]), record.rate)
            result[detector.name].append(score.json())
        times[detector.name] = timing(detector)
        say(f"MIT-BIH 100: {detector.name} is done")
    print_r("MIT-BIH 100, R peaks against .atr", result)
    print_times("its 30 min", times)
    return {**result, "seconds": times}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=str(ROOT / "../shared/data"), help="default: ../shared/data")
    parser.add_argument("--slow", action="store_true", help="on long records, too, what takes half a minute for each")
    parser.add_argument("--ours", help="folder of annotation files to score in place of a run of ecgbook")
    parser.add_argument("--peers", default="all", help="some of the tools, by name, separated by commas; none; all")
    parser.add_argument("--sets", default="ludb,qtdb,mitdb", help="some of: %(default)s")
    parser.add_argument("--records", default="1-100", help="of LUDB, as 1-70 or 3,5,9 (default: %(default)s)")
    parser.add_argument("--leads", default="ii", help="of LUDB, as ii or i,ii or all (default: %(default)s)")
    parser.add_argument("--list", choices=BOUNDARIES, help="each record's mistakes there in LUDB, worst first")
    parser.add_argument("--json", help="file for all figures")
    arguments = parser.parse_args()
    result = measure(arguments)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
