"""Prints one table: ecgbook beside Python's tools, measured in turns on this machine. `make bench` starts it.

Both sides of a row are processes that wait for a line "go", do a round of work and answer with its records and seconds
(peers.py; Sources/Rounds.swift). Rounds alternate, ours and theirs; a ratio is that of neighbouring rounds, in records
per CPU-second, and the table has the median of the ratios. Set-up and first rounds are not counted. A row is only
measured after both sides have shown that they compute the same.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".build"
TICKS = os.sysconf("SC_CLK_TCK")


# The machine


def busy_seconds():
    """CPU-seconds that the machine's cores have worked, those taken by its host included; None where unknown."""
    try:
        fields = [int(x) for x in open("/proc/stat").readline().split()[1:]]
    except OSError:
        return None
    user, nice, system, _idle, _wait, interrupts, soft, stolen = fields[:8]
    return (user + nice + system + interrupts + soft + stolen) / TICKS


def process_seconds(pid):
    """CPU-seconds of a process, and its name; (0, "") when it is gone."""
    try:
        text = open(f"/proc/{pid}/stat").read()
    except OSError:
        return 0, ""
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    return (int(fields[11]) + int(fields[12])) / TICKS, name


def other_processes(seconds=1.0):
    """(name, share of a core) of the processes that work now, this one not counted, the busiest first."""
    def sample():
        return {pid: process_seconds(pid) for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid()}

    if not pathlib.Path("/proc/stat").exists():
        return []
    before = sample()
    time.sleep(seconds)
    after = sample()
    shares = [(name, (cpu - before[pid][0]) / seconds) for pid, (cpu, name) in after.items() if pid in before]
    return sorted((s for s in shares if s[1] > 0.05), key=lambda s: -s[1])


def describe_machine():
    model = platform.processor() or platform.machine()
    try:
        model = next(l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    others = other_processes()
    print(f"{os.cpu_count()} cores, {model}; load {load}")
    if others:
        names = ", ".join(f"{name} ({share:.0%} of a core)" for name, share in others[:4])
        print(f"WARNING: other processes work: {names}. A loaded machine says nothing.")
    return {"cores": os.cpu_count(), "processor": model, "load": os.getloadavg(), "others": others}


class Watch:
    """Tells how much other processes work from now on; `own` gives the CPU-seconds that are not theirs."""

    def __init__(self, own):
        self.own, self.began, self.before = own, time.perf_counter(), self.theirs(own)

    @staticmethod
    def theirs(own):
        busy = busy_seconds()
        return None if busy is None else busy - own()

    def others(self):
        """As a share of a core; None where unknown."""
        if self.before is None:
            return None
        return max(0.0, (self.theirs(self.own) - self.before) / (time.perf_counter() - self.began))


# Two processes in turns


class Side:
    """A process that measures rounds."""

    def __init__(self, command):
        self.command = [str(word) for word in command]
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.ready = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"bench: '{' '.join(self.command)}' ended with status {self.process.wait()}")
        return json.loads(line)

    def round(self):
        print("go", file=self.process.stdin, flush=True)
        return self.answer()

    def cpu_seconds(self):
        return process_seconds(self.process.pid)[0]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(ours, peer, pairs):
    """Rounds in turns: a list of (ours, peer), and the share of a core that other processes took meanwhile."""
    sides = (ours, peer)
    for side in sides:
        side.round()  # warm-up, not counted

    watch = Watch(lambda: time.process_time() + sum(side.cpu_seconds() for side in sides))
    rounds = [(ours.round(), peer.round()) for _ in range(pairs)]
    others = watch.others()
    for side in sides:
        side.end()
    return rounds, others


def require_close(what, a, b, tolerance):
    scale = max([abs(x) for x in b] + [1e-9])
    if len(a) != len(b) or any(abs(x - y) > tolerance * scale for x, y in zip(a, b)):
        raise SystemExit(f"bench: the two sides do not compute the same {what}: {a} here, {b} there")


# The table


class Table:
    heads = ("what", "threads", "ecgbook", "peer", "ratio", "lowest–highest", "bar", "")

    def __init__(self):
        self.rows, self.json = [], []

    def add(self, what, threads, cells, met=None, others=None, **values):
        """`cells`: ours, peer, ratio, spread and bar as text; `values`: the same and more as numbers, for JSON."""
        verdict = "" if met is None else "met" if met else "MISSED"
        if others is not None and others > 0.1:
            verdict = f"{verdict} (others worked: {others:.0%} of a core)".strip()
        self.rows.append((what, str(threads), *cells, verdict))
        self.json.append({"what": what, "threads": threads, "met": met, "others": others, **values})
        print(".", end="", file=sys.stderr, flush=True)

    def __str__(self):
        rows = [self.heads, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.heads))]
        lines = []
        for row in rows:
            cells = [c.ljust(w) if i in (0, 7) else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))]
            lines.append("  ".join(cells).rstrip())
        lines.insert(1, "─" * max(map(len, lines)))
        return "\n".join(lines)


def figure(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


class Bench:
    def __init__(self, arguments):
        self.pairs, self.quick = arguments.pairs, arguments.quick
        self.table, self.versions = Table(), {}
        self.ecgbook = pathlib.Path(os.environ.get("ECGBOOK", BUILD / "release/ecgbook")).resolve()
        self.program = pathlib.Path(os.environ.get("ECGBOOK_BENCH", BUILD / "release/ecgbook-bench")).resolve()
        self._data, self.beside, self.delineation = None, None, None
        for program in (self.ecgbook, self.program):
            if not program.exists():
                raise SystemExit(f"bench: no {program}; 'make bench' builds it")

    def compare(self, what, subcommand, arguments, check, peer_arguments=None, threads="", bar=None, unit="records"):
        """Measures a row: the same subcommand on both sides."""
        ours = Side([self.program, subcommand, *arguments])
        peer = Side([sys.executable, HERE / "peers.py", subcommand, *(peer_arguments or arguments)])
        check(ours.ready, peer.ready)
        for side in (ours, peer):
            name, _, version = side.ready["version"].partition(" ")
            if version:
                self.versions[name] = version
        rounds, others = measure(ours, peer, self.pairs)
        rate = lambda answer: answer["records"] / answer["cpu"]
        ratios = [rate(a) / rate(b) for a, b in rounds]
        ratio = statistics.median(ratios)
        mine, theirs = (statistics.median(map(rate, side)) for side in zip(*rounds))
        spread = f"{figure(min(ratios))}–{figure(max(ratios))}"
        cells = (f"{figure(mine)}/s", f"{figure(theirs)}/s", figure(ratio), spread, f"≥ {bar}" if bar else "")
        met = None if bar is None else ratio >= bar
        self.table.add(
            what, threads, cells, met, others, unit=f"{unit} per CPU-second", ours=mine, peer=theirs,
            peerName=peer.ready["version"], ratio=ratio, bar=bar, ratios=ratios,
            rounds=[{"ours": a, "peer": b} for a, b in rounds])
        return ours.ready, [a for a, _ in rounds], others

    def data(self):
        """PTB-XL, or synthetic records in its layout."""
        if self._data is None:
            given = os.environ.get("PTBXL") or str(ROOT / "data/ptbxl")
            folder = pathlib.Path(given).expanduser().resolve()
            if not (folder / "ptbxl_database.csv").exists():
                if os.environ.get("PTBXL"):
                    raise SystemExit(f"bench: PTBXL={given}: no ptbxl_database.csv there")
                folder = BUILD / ("bench-data/quick" if self.quick else "bench-data/synthetic")
                if not folder.exists():
                    records = 100 if self.quick else 2000
                    folder.parent.mkdir(parents=True, exist_ok=True)
                    command = [self.ecgbook, "data", "synthesize", folder, "--records", str(records), "--seed", "1"]
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            self._data = folder
        return self._data

    def predictions(self):
        """A folder with predictions: a published network's where they are at hand, else simulated ones of that size."""
        published = ROOT / "../shared/data/predictions/xresnet1d101_all71"
        if published.exists():
            return published.resolve()
        import numpy as np

        folder = BUILD / "bench-data/predictions"
        folder.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(1)
        labels = random.random((2193, 71)) < np.geomspace(0.45, 0.003, 71)
        scores = 1 / (1 + np.exp(-random.normal(2.5 * labels - 1.5)))
        np.save(folder / "y_true.npy", labels.astype(np.float64))
        np.save(folder / "y_pred.npy", scores)
        (folder / "classes.txt").write_text("".join(f"class{i}\n" for i in range(71)))
        return folder

    # The rows

    def networks(self, subcommand, what, network, samples, batches, bar=None):
        def check(ours, peer):
            if ours["parameters"] != peer["parameters"] or ours["parameterCount"] != peer["parameterCount"]:
                raise SystemExit(f"bench: the two sides do not have the same {network}: "
                                 f"{ours['parameterCount']} parameters here, {peer['parameterCount']} there")
            require_close(f"{network}, its logits", ours["logits"], peer["logits"], 1e-3)

        batches = 1 if self.quick else batches
        for threads in (1, 2):
            self.compare(
                f"{what} {network}, batch 128 × {samples} samples, to PyTorch", subcommand,
                ["--network", network, "--samples", samples, "--batches", batches, "--threads", threads],
                check, threads=threads, bar=bar)

    def train(self):
        self.networks("train-step", "training step,", "ResNet1D", 250, 4, bar=1.0)

    def forward(self):
        self.networks("forward", "forward,", "ResNet1D", 250, 12)
        self.networks("forward", "forward,", "ECGConvNet", 1000, 60)

    def predict(self):
        """Answers to records of ten seconds: many, beside PyTorch; and one, in milliseconds."""
        check = lambda ours, peer: require_close("logits", ours["logits"], peer["logits"], 1e-3)
        for network, samples, bar in (("ResNet1D", 250, 25), ("ECGConvNet", 500, 5)):
            arguments = ["--network", network, "--samples", samples, "--batches", 1]
            records = 20 if self.quick else 1000 if network == "ECGConvNet" else 200
            for threads in (1, 2):
                self.compare(
                    f"answers to {records:,} records of 10 s, {network}, to PyTorch", "answer",
                    [*arguments, "--threads", threads, "--records", records], check, threads=threads, bar=1.0)
            one = Side([self.program, "answer", *arguments, "--threads", 1, "--records", 1])
            watch = Watch(one.cpu_seconds)
            walls = [1000 * one.round()["wall"] for _ in range(5 if self.quick else 101)][1:]
            others = watch.others()
            one.end()
            wall = statistics.median(walls)
            self.table.add(
                f"… one record, warm, {network}", 1,
                (f"{wall:.1f} ms", "", "", f"{min(walls):.1f}–{max(walls):.1f}", f"< {bar} ms"), wall < bar, others,
                unit="milliseconds", ours=wall, bar=bar)

    def load(self):
        def check(ours, peer):
            if ours["records"] != peer["records"]:
                raise SystemExit(f"bench: {ours['records']} records here, {peer['records']} there")
            require_close("signals", [ours["sum"]], [peer["sum"]], 1e-3)

        folder, limit = self.data(), 50 if self.quick else 1000
        ready, rounds, others = self.compare(
            "loading 100 Hz WFDB records, cached, to wfdb-python", "load", [folder], check,
            [folder, "--limit", limit], threads=os.cpu_count())
        wall = statistics.median(r["wall"] / r["records"] for r in rounds) * 15_000
        self.table.add(
            f"… wall seconds for 15,000 (of {ready['records']:,} measured)", os.cpu_count(),
            (f"{wall:.2f} s", "", "", "", "< 3 s"), wall < 3, others, unit="seconds", ours=wall, bar=3)

    def bootstrap(self):
        def check(ours, peer):
            if (ours["classes"], ours["records"]) != (peer["classes"], peer["records"]):
                raise SystemExit("bench: the two sides read different predictions")
            require_close("macro AUROC", [ours["macroAUROC"]], [peer["macroAUROC"]], 1e-9)

        folder = self.predictions()
        replicates, few = (50, 1) if self.quick else (1000, 5)
        self.compare(
            "bootstrap replicates of macro AUROC, 71 × 2,193, to scikit-learn", "bootstrap",
            [folder, "--replicates", replicates], check, [folder, "--replicates", few], threads=os.cpu_count(),
            bar=300, unit="replicates")

    def start(self):
        """Whole commands, as the shell sees them; and again of the program alone, without the library of LibTorch."""
        record = next(iter(sorted(self.data().glob("records100/*/*.hea"))))
        commands = {
            "--help": ["--help"],
            "check": ["check", "reports/evaluation.md"],
            "record": ["record", record.with_suffix("")],
        }
        with tempfile.TemporaryDirectory() as alone:
            copy = pathlib.Path(alone) / "ecgbook"
            shutil.copy2(self.ecgbook, copy)
            for place, program in (("", self.ecgbook), (", without LibTorch", copy)):
                times = {name: [] for name in commands}  # (wall, CPU) in ms
                watch = self.watch()
                for turn in range(4 if self.quick else 21):
                    for name, words in commands.items():
                        taken = self.command_times([program, *words], f"ecgbook {name}{place}")
                        if turn > 0:
                            times[name].append(taken)
                others = watch.others()
                for name, taken in times.items():
                    walls, cpus = zip(*taken)
                    wall_ms, cpu_ms = statistics.median(walls), statistics.median(cpus)
                    spread = f"{min(walls):.1f}–{max(walls):.1f}"
                    self.table.add(
                        f"ecgbook {name}, whole command{place}", "",
                        (f"{wall_ms:.1f} ms, {cpu_ms:.1f} of CPU", "", "", spread, "< 50 ms"), wall_ms < 50, others,
                        unit="milliseconds", ours=wall_ms, oursCPU=cpu_ms, bar=50, times=taken)

    def watch(self):
        return Watch(lambda: sum(os.times()[:4]))  # this process and the commands it has waited for

    def documents(self):
        """One document through ecgbook, pandoc, and papermill with nbconvert: two tables of their own."""
        sys.path.insert(0, str(HERE / "documents"))
        import side_by_side

        self.beside = side_by_side.measure(self)

    def waves(self):
        """Waves and R peaks of annotated records beside Python's tools: tables of their own, printed as they come."""
        result = BUILD / "bench-data/waves.json"
        result.parent.mkdir(parents=True, exist_ok=True)
        words = ["--sets", "ludb", "--records", "1-3"] if self.quick else []
        environment = os.environ | {"ECGBOOK": str(self.ecgbook), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, HERE / "waves.py", "--json", result, *words]
        if subprocess.run(command, cwd=ROOT, env=environment).returncode != 0:
            raise SystemExit("bench: waves.py failed")
        self.delineation = json.loads(result.read_text())

    @staticmethod
    def command_times(command, name):
        """Wall and CPU milliseconds of a command that must succeed."""
        with tempfile.TemporaryFile() as complaints:
            start = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=complaints)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                complaints.seek(0)
                text = complaints.read().decode(errors="replace").strip()
                raise SystemExit(f"bench: {name}: status {process.returncode}: {text}")
        return 1000 * seconds, 1000 * (usage.ru_utime + usage.ru_stime)


ROWS = ("train", "forward", "predict", "load", "bootstrap", "start", "documents", "waves")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default=",".join(ROWS), help="some of: %(default)s")
    parser.add_argument("--pairs", type=int, help="pairs of rounds in a row (default: 7)")
    parser.add_argument("--quick", action="store_true", help="tiny rounds: shows that all works; measures nothing")
    arguments = parser.parse_args()
    arguments.pairs = arguments.pairs or (2 if arguments.quick else 7)
    rows = arguments.rows.split(",")
    if unknown := set(rows) - set(ROWS):
        parser.error(f"no row '{unknown.pop()}'; there are {', '.join(ROWS)}")
    machine = describe_machine()
    bench = Bench(arguments)
    for row in ROWS:
        if row in rows:
            getattr(bench, row)()
    print(file=sys.stderr)
    versions = ", ".join(f"{name} {version}" for name, version in bench.versions.items())
    print(f"Python {platform.python_version()}" + (f", {versions}" if versions else ""))
    if "load" in rows or "start" in rows:
        print(f"records: {os.path.relpath(bench.data(), ROOT)}")
    if bench.table.rows:
        print(f"Median of {arguments.pairs} pairs of rounds, in turns; per CPU-second, user and system, "
              "of all threads.\n")
        print(bench.table)
    if bench.beside:
        print(f"\n{bench.beside}")
    if arguments.quick:
        print("\n--quick: these figures mean nothing.")
    BUILD.mkdir(exist_ok=True)
    result = {"machine": machine, "versions": bench.versions, "quick": arguments.quick, "rows": bench.table.json}
    if bench.beside:
        result["documents"] = bench.beside.json()
    if bench.delineation:
        result["waves"] = bench.delineation
    (BUILD / "bench.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
