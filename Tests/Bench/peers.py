"""The Python side of `make bench`: the same subcommands and the same talk as ecgbook-bench (Tests/Bench/Sources).

It says on one line what is going to be measured; then each line "go" on standard input is a round, answered with
{"records": …, "cpu": …, "wall": …}: seconds of this process, all threads.
"""

import argparse
import json
import resource
import sys
import time

BATCH, LEADS, CLASSES = 128, 12, 5


def serve_rounds(ready, work):
    def cpu_seconds():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        if line.strip() != "go":
            break
        wall, cpu = time.perf_counter(), cpu_seconds()
        records = work()
        wall_after, cpu_after = time.perf_counter(), cpu_seconds()
        print(json.dumps({"records": records, "cpu": cpu_after - cpu, "wall": wall_after - wall}), flush=True)


class NetworkBench:
    """A network with the weights, inputs and labels that NetworkRounds.swift has too."""

    def __init__(self, arguments):
        import numpy as np
        import torch

        from networks import NETWORKS

        def wave(shape, step, shift):
            values = np.sin(step * np.arange(int(np.prod(shape)), dtype=np.float64) + shift)
            return values.astype(np.float32).reshape(shape)

        torch.set_num_threads(arguments.threads)
        torch.manual_seed(1)
        self.network = NETWORKS[arguments.network](LEADS, CLASSES)
        parameters = dict(self.network.named_parameters())
        with torch.no_grad():
            for k, name in enumerate(sorted(parameters)):
                shape = tuple(parameters[name].shape)
                center = 1 if len(shape) == 1 and name.endswith(".weight") else 0
                parameters[name].copy_(torch.from_numpy(center + np.float32(0.05) * wave(shape, 1, k)))
        self.input = wave((BATCH, LEADS, arguments.samples), 0.37, 0)
        self.labels = (np.arange(BATCH * CLASSES) % 4 == 0).astype(np.float32).reshape(BATCH, CLASSES)
        self.network.eval()
        with torch.inference_mode():
            logits = self.network(torch.from_numpy(self.input[:2])).flatten().tolist()
        self.ready = {
            "version": f"PyTorch {torch.__version__}",
            "parameters": {name: list(p.shape) for name, p in parameters.items()},
            "parameterCount": sum(p.numel() for p in parameters.values()),
            "logits": logits,
        }


def train_step(arguments):
    import torch

    bench = NetworkBench(arguments)
    network = bench.network.train()
    optimizer = torch.optim.AdamW(network.parameters())  # decay 0.01, rate 1e-3
    criterion = torch.nn.BCEWithLogitsLoss()

    def step():
        x, y = torch.from_numpy(bench.input), torch.from_numpy(bench.labels)
        optimizer.zero_grad()
        loss = criterion(network(x), y)
        loss.backward()
        assert loss.item() == loss.item(), "the loss is not a number"
        optimizer.step()

    def work():
        for _ in range(arguments.batches):
            step()
        return arguments.batches * BATCH

    step(), step()
    serve_rounds(bench.ready, work)


def forward(arguments):
    import torch

    bench = NetworkBench(arguments)

    def batch():
        with torch.inference_mode():
            probabilities = torch.sigmoid(bench.network(torch.from_numpy(bench.input))).numpy()
        assert probabilities.shape == (BATCH, CLASSES)

    def work():
        for _ in range(arguments.batches):
            batch()
        return arguments.batches * BATCH

    batch(), batch()
    serve_rounds(bench.ready, work)


def answer(arguments):
    import numpy as np
    import torch

    bench = NetworkBench(arguments)
    starts = range(0, 1000 - arguments.samples + 1, arguments.samples // 2)
    steps = 0.05 * np.arange(1000)
    record = np.stack([np.sin(steps + lead) for lead in range(LEADS)]).astype(np.float32)

    def work():
        for first in range(0, arguments.records, 64):
            count = min(64, arguments.records - first)
            windows = np.stack([record[:, s:s + arguments.samples] for _ in range(count) for s in starts])
            with torch.inference_mode():
                probabilities = torch.sigmoid(bench.network(torch.from_numpy(windows)))
            assert probabilities.reshape(count, len(starts), CLASSES).mean(1).numpy().shape == (count, CLASSES)
        return arguments.records

    work(), work()
    serve_rounds(bench.ready, work)


def load(arguments):
    import csv

    import wfdb

    with open(f"{arguments.folder}/ptbxl_database.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if 1 <= int(float(row["strat_fold"])) <= 7]
    paths = [f"{arguments.folder}/{row['filename_lr']}" for row in rows]
    some = paths[:: max(1, len(paths) // arguments.limit)][: arguments.limit]

    def work():
        for path in some:
            wfdb.rdrecord(path)
        return len(some)

    work()
    first = float(wfdb.rdrecord(paths[0]).p_signal.sum())
    version = f"wfdb-python {wfdb.__version__}"
    serve_rounds({"version": version, "records": len(paths), "first": paths[0], "sum": first}, work)


def bootstrap(arguments):
    import numpy as np
    import sklearn
    from sklearn.metrics import roc_auc_score

    labels = np.load(f"{arguments.folder}/y_true.npy").astype(int)
    scores = np.load(f"{arguments.folder}/y_pred.npy").astype(float)
    random = np.random.default_rng(1)

    def macro(labels, scores):
        defined = (labels.min(0) == 0) & (labels.max(0) == 1)
        return roc_auc_score(labels[:, defined], scores[:, defined], average="macro")

    def work():
        for _ in range(arguments.replicates):
            drawn = random.integers(0, len(labels), len(labels))
            macro(labels[drawn], scores[drawn])
        return arguments.replicates

    ready = {
        "version": f"scikit-learn {sklearn.__version__}",
        "classes": labels.shape[1], "records": labels.shape[0], "macroAUROC": macro(labels, scores),
    }
    serve_rounds(ready, work)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run in (("train-step", train_step), ("forward", forward)):
        command = commands.add_parser(name)
        command.add_argument("--network", required=True)
        for option in ("--samples", "--batches", "--threads"):
            command.add_argument(option, type=int, required=True)
        command.set_defaults(run=run)
    command = commands.add_parser("answer")
    command.add_argument("--network", required=True)
    for option in ("--samples", "--batches", "--threads", "--records"):
        command.add_argument(option, type=int, required=True)
    command.set_defaults(run=answer)
    command = commands.add_parser("load")
    command.add_argument("folder")
    command.add_argument("--limit", type=int, required=True, help="read only so many of the records, evenly spread")
    command.set_defaults(run=load)
    command = commands.add_parser("bootstrap")
    command.add_argument("folder")
    command.add_argument("--replicates", type=int, required=True)
    command.set_defaults(run=bootstrap)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
