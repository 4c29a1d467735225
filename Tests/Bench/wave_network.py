"""Trains the small networks of Sources/Measurement/WaveNetwork.swift, and writes their weights.

    python Tests/Bench/wave_network.py LUDB                      records 1-70; looks at 71-100 on the way
    python Tests/Bench/wave_network.py LUDB --records 1-56       looks at 57-100: one fold of a cross-validation
    python Tests/Bench/wave_network.py LUDB --write LUDB.swift   the first half of what ships: T ends are LUDB's alone
    python Tests/Bench/wave_network.py LUDB --start LUDB.swift --qtdb QTDB --write Sources/Measurement/WaveNetwork+Weights.swift
    python Tests/Bench/wave_network.py LUDB --start LUDB.swift --qtdb QTDB --without sel100,sel123,sel301,sel871 …

LUDB is the folder `ludb/data` of ../shared/data/waves/ludb-1-100.tar.xz, QTDB the folder `qtdb` of qtdb-16.tar.xz there. Needs
numpy, scipy, torch and wfdb; five minutes a seed on one core, and one for QTDB. The project's build and tests run without it.

Each step takes two records, each with a chance selection of its leads, and changes them as hearts, electrodes and
amplifiers differ: the waves of a lead scaled about the line between their ends, turned over, made biphasic (T waves), or gone
(P waves, with fibrillation in their place); P waves, QRS complexes, T waves and what is between them made longer or shorter, up to fast
rates at which T and P waves meet; gain, polarity, noise, mains, wander, coupling and bandwidth. Records are sampled at
250 Hz and lose their pacing spikes first, as in Swift. Samples outside of the annotated span take no part.
"""

import argparse
import base64
import copy
import pathlib
import re
import struct

import numpy as np
import torch
import wfdb
from scipy.signal import filtfilt, firwin, lfilter, resample_poly
from torch import nn

LEADS = ("i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6")
P, QRS, T = 1, 2, 3
CLASSES = {"p": P, "N": QRS, "t": T}
RATE, LENGTH = 250, 2496  # Hz, samples of an example
LOW_PASS = firwin(101, 42, fs=500)  # the band of a recording of 100 Hz


# The network: WaveNetwork.swift says the same.


class Network(nn.Module):
    def __init__(self, widths=(12, 16, 16, 16)):
        super().__init__()
        a, b, c, d = widths
        self.e0, self.e1, self.e2 = layer(8, a, 7), layer(a, b, 7, 2), layer(2 * b, c, 5, 2)
        self.e3, self.e4 = layer(2 * c, d, 5, 2), layer(d, d, 7, 1, 2)
        self.d2, self.d1, self.d0 = layer(d + c, c, 5), layer(c + b, b, 5), layer(b + a, a, 7)
        self.out = nn.Conv1d(a, 8, 3, padding=1)

    def forward(self, x):
        """[leads, features, samples] -> logits [leads, classes, samples]; samples at 250 Hz, a multiple of 16."""
        leads, features, samples = x.shape
        x = x.reshape(leads, features, samples // 2, 2).permute(0, 1, 3, 2).reshape(leads, 2 * features, samples // 2)
        with_mean = lambda e: torch.cat([e, e.mean(0, keepdim=True).expand_as(e)], 1)
        up = lambda e, like: torch.cat([e.repeat_interleave(2, -1), like], 1)
        e0 = self.e0(x)
        e1 = self.e1(e0)
        e2 = self.e2(with_mean(e1))
        e3 = self.e3(with_mean(e2))
        e4 = self.e4(e3) + e3
        logits = self.out(self.d0(up(self.d1(up(self.d2(up(e4, e2)), e1)), e0)))
        return logits.reshape(leads, 4, 2, samples // 2).permute(0, 1, 3, 2).reshape(leads, 4, samples)


def layer(inputs, outputs, width, stride=1, dilation=1):
    pad = width // 2 * dilation
    return nn.Sequential(nn.Conv1d(inputs, outputs, width, stride, pad, dilation, bias=False), nn.BatchNorm1d(outputs), nn.ReLU())


# What it sees: Resampling.swift, PacingSpikes.swift and WaveNetwork.swift say the same.


def resampled(x, rate, times, half):
    """[leads, samples] at the times given (s), each the mean around it weighted by a triangle of that half (s)."""
    reach, center = int(np.ceil(half * rate)) + 1, np.round(times * rate).astype(int)
    total = weights = 0
    for k in range(-reach, reach + 1):
        i = center + k
        weight = np.maximum(0, 1 - np.abs(i / rate - times) / half) * ((i >= 0) & (i < x.shape[-1]))
        total = total + x[..., np.clip(i, 0, x.shape[-1] - 1)] * weight
        weights = weights + weight
    return total / np.maximum(weights, 1e-9)


def without_wander(x):
    keep = np.exp(-2 * np.pi * 0.5 / RATE)
    low_pass = lambda y: lfilter([1 - keep], [1, -keep], y, axis=-1, zi=keep * y[..., :1])[0]
    return x - low_pass(low_pass(x)[..., ::-1])[..., ::-1]


def features(x):
    """[leads, samples] in mV without wander -> [leads, 4, samples]"""
    slope = np.zeros_like(x)
    slope[:, 1:-1] = (x[:, 2:] - x[:, :-2]) * 125
    speed, size = np.sqrt((slope * slope).mean(0)), np.sqrt((x * x).mean(0))
    together = [np.arcsinh(speed / 2) / 2 - 0.5, np.arcsinh(size * 10) / 2 - 0.5]
    parts = [np.arcsinh(x * 10) / 2, np.arcsinh(x * 2)] + [np.broadcast_to(one, x.shape) for one in together]
    return torch.from_numpy(np.stack(parts, 1).astype(np.float32))


def without_spikes(x, near=2, far=7):
    """[leads, samples] at 500 Hz."""
    x = x.copy()
    sharp = np.zeros(x.shape[1])
    sharp[near:-near] = ((x[:, near:-near] - (x[:, : -2 * near] + x[:, 2 * near :]) / 2) ** 2).sum(0)
    spikes = []
    for i in np.flatnonzero(sharp > 0.0625):
        if not far <= i < x.shape[1] - far:
            continue
        before = (np.ptp(x[:, i - far : i - near], axis=1) ** 2).sum()
        after = (np.ptp(x[:, i + near + 1 : i + far + 1], axis=1) ** 2).sum()
        step = ((x[:, i - near] - x[:, i + near]) ** 2).sum()
        if before > 0.06 * sharp[i] or after > 0.36 * sharp[i] or step > 0.64 * sharp[i]:
            continue
        if spikes and i - spikes[-1] < 10:
            spikes[-1] = max(spikes[-1], i, key=lambda k: sharp[k])
        else:
            spikes.append(i)
    for i in spikes if len(spikes) > 1 else []:
        x[:, i - near : i + near + 1] = np.linspace(x[:, i - near], x[:, i + near], 2 * near + 1).T
    return x


# The data


class Annotated:
    """A record of LUDB: signal [12, 5000] in mV, class of each sample [12, 5000], and whether it is annotated."""

    def __init__(self, folder, number):
        path = str(pathlib.Path(folder) / str(number))
        record = wfdb.rdrecord(path)
        assert [name.lower() for name in record.sig_name] == list(LEADS) and record.fs == 500, path
        self.signal = without_spikes(record.p_signal.T)
        self.classes = np.zeros(self.signal.shape, np.uint8)
        self.known = np.zeros(self.signal.shape, bool)
        self.waves = [[] for _ in LEADS]  # (class, first, last)
        for lead, name in enumerate(LEADS):
            found = wfdb.rdann(path, name)
            for i, (sample, symbol) in enumerate(zip(found.sample, found.symbol)):
                if symbol in CLASSES:
                    first = found.sample[i - 1] if i and found.symbol[i - 1] == "(" else sample
                    last = found.sample[i + 1] if i + 1 < len(found.sample) and found.symbol[i + 1] == ")" else sample
                    self.classes[lead, first : last + 1] = CLASSES[symbol]
                    self.waves[lead].append((CLASSES[symbol], first, last))
            self.known[lead, found.sample[0] : found.sample[-1] + 1] = True


class AnnotatedHolter:
    """A record of QTDB around the beats of `.q1c`: both leads at 500 Hz, which are annotated together.

    Known is only what is near a T end: from the T onset, or where none is marked 60 ms before the T peak, to 80 ms after it.
    """

    def __init__(self, folder, name):
        path = str(pathlib.Path(folder) / name)
        found = wfdb.rdann(path, "q1c")
        first = max(0, int(found.sample[0]) - 2500)
        last = min(int(found.sample[-1]) + 2500, wfdb.rdheader(path).sig_len)
        record = wfdb.rdrecord(path, sampfrom=first, sampto=last)
        assert record.fs == 250 and record.n_sig == 2, path
        self.signal = resample_poly(record.p_signal.T, 2, 1, axis=-1, padtype="line")
        classes = np.zeros(self.signal.shape[1], np.uint8)
        known = np.zeros(self.signal.shape[1], bool)
        self.beats, end_before = [], 0
        marks = [(2 * (int(sample) - first), symbol) for sample, symbol in zip(found.sample, found.symbol)]
        for (before, open_), (peak, symbol), (after, close) in zip([(0, "")] + marks, marks, marks[1:] + [(0, "")]):
            if symbol in CLASSES:
                end = after if close == ")" else peak
                onset = max(before if open_ == "(" else peak - 30, end_before)
                classes[onset : end + 1] = CLASSES[symbol]
                end_before = end + 1
                if symbol == "t":
                    known[onset : end + 41] = True
                    self.beats.append(peak)
        self.classes, self.known = np.stack([classes] * 2), np.stack([known] * 2)

    def part(self, rng):
        """Ten seconds around an annotated beat."""
        at = self.beats[rng.integers(len(self.beats))] - rng.integers(500, 4500)
        at = min(max(0, at), self.signal.shape[1] - 5000)
        part = copy.copy(self)
        part.signal, part.classes, part.known = (x[:, at : at + 5000] for x in (self.signal, self.classes, self.known))
        return part


def with_other_waves(record, rng):
    """Each lead's P, QRS and T scaled about the line between their ends; in some records no P waves, but fibrillation."""
    x, classes = record.signal.copy(), record.classes.copy()
    fibrillates, all_p = rng.random() < 0.12, np.exp(rng.normal(0, 0.3))
    for lead, waves in enumerate(record.waves):
        scale = {P: all_p * np.exp(rng.normal(0, 0.25)), T: np.exp(rng.normal(0, 0.3)),
                 QRS: np.exp(rng.normal(0, 0.25)) if rng.random() < 0.6 else 1.0}
        for kind, chance in ((P, 0.1), (QRS, 0.08), (T, 0.12)):
            scale[kind] *= -1 if rng.random() < chance else 1
        second = rng.normal(0, 0.6) if rng.random() < 0.3 else 0.0  # another phase of the T wave
        for kind, first, last in waves:
            part = slice(first, last + 1)
            line = np.linspace(x[lead, first], x[lead, last], last - first + 1)
            if kind == P and fibrillates:
                x[lead, part], classes[lead, part] = line + rng.normal(0, 0.004, len(line)), 0
            else:
                wave = x[lead, part] - line
                x[lead, part] = line + scale[kind] * np.exp(rng.normal(0, 0.05)) * wave
                if kind == T and second:
                    place = np.linspace(0, 1, len(line))
                    height = second * max(0.03, np.abs(wave).max())
                    x[lead, part] += height * np.sin(2 * np.pi * place) * np.sqrt(np.abs(np.sin(np.pi * place)))
    if fibrillates and rng.random() < 0.7:
        n = x.shape[1]
        wobble = lambda count, deviation: np.interp(np.arange(n), np.linspace(0, n, count), rng.normal(0, deviation, count))
        phase = np.cumsum(2 * np.pi * (rng.uniform(4, 9) + wobble(25, 0.9)) / 500)
        height = np.exp(rng.uniform(np.log(0.005), np.log(0.09))) * np.exp(rng.normal(0, 0.5, (12, 1)))
        x += height * np.exp(wobble(30, 0.45)) * (
            np.sin(phase + rng.uniform(-0.8, 0.8, (12, 1))) + 0.35 * np.sin(2 * phase + rng.uniform(0, 6.3, (12, 1))))
    return x, classes


def other_times(record, rng):
    """For each sample when it would come (s), were waves and what is between them longer or shorter."""
    speed = np.exp(rng.uniform(-0.2, 0.2, 4))
    speed[T] = np.exp(rng.uniform(-0.35, 0.3))
    speed[QRS] = np.exp(rng.uniform(-0.3, 0.15))
    speed *= np.exp(rng.uniform(-0.15, 0.15))
    if rng.random() < 0.25:
        speed[QRS] /= rng.uniform(1.2, 1.9)
    if rng.random() < 0.3:  # a fast heart: T and P waves meet
        speed[0] *= np.exp(rng.uniform(0.2, 1.3))
        speed[1:] *= np.exp(rng.uniform(0, 0.3))
    smooth = np.convolve(np.pad(speed[record.classes[rng.integers(len(record.classes))]], 8, mode="edge"), np.ones(17) / 17, "valid")
    return np.concatenate([[0], np.cumsum(1 / smooth / 500)[:-1]])


def example(record, rng):
    """Features, soft classes [leads, 4, samples] and what of them is annotated, of some leads of a changed record."""
    if isinstance(record, AnnotatedHolter):
        record = record.part(rng)
        x, classes = record.signal, record.classes
    else:
        x, classes = with_other_waves(record, rng) if rng.random() < 0.5 else (record.signal, record.classes)
    count = len(x)
    rate = 500.0
    if rng.random() < 0.2:
        x = resampled(filtfilt(LOW_PASS, [1.0], x, axis=-1), 500, np.arange(1000) / 100, 1 / 500)
        rate = 100.0
    when = other_times(record, rng)
    wanted = rng.uniform(0, 0.3) + np.arange(LENGTH) / RATE
    times = np.interp(wanted, when, np.arange(5000) / 500)
    inside = (wanted < when[-1] - 0.01) & (times < 9.98)
    times = np.where(inside, times, 9.98)
    y = resampled(x, rate, times, max(1 / RATE, 1 / rate))
    if not inside.all():
        end = int(inside.argmin())
        y[:, end:] = y[:, end - 1 : end]
    y = disturbed(y, rng)

    at = np.clip(np.round(times * 500).astype(int), 0, 4999)
    soft = np.zeros((count, 4, LENGTH), np.float32)  # the share of each 4 ms
    for shift, share in ((-1, 0.25), (0, 0.5), (1, 0.25)):
        near = classes[:, np.clip(at + shift, 0, 4999)]
        for kind in range(4):
            soft[:, kind] += share * (near == kind)
    some = rng.choice([1, 2, 3, 6, 8, 12], p=[0.1, 0.15, 0.15, 0.15, 0.15, 0.3]) if count > 2 else rng.choice([1, 2, 2])
    leads = rng.permutation(count)[:some]
    known = (record.known[:, at] & inside).astype(np.float32)
    return features(without_wander(y[leads])), torch.from_numpy(soft[leads]), torch.from_numpy(known[leads])


def disturbed(x, rng):
    time = np.arange(LENGTH) / RATE
    each = lambda low, high: rng.uniform(low, high, (len(x), 1))
    if rng.random() < 0.3:  # the coupling of other amplifiers
        keep = np.exp(-2 * np.pi * np.exp(rng.uniform(np.log(0.03), np.log(0.6))) / RATE)
        x = x - lfilter([1 - keep], [1, -keep], x, axis=-1, zi=keep * x[:, :1])[0]
    if rng.random() < 0.25:  # and their bandwidth
        keep = np.exp(-2 * np.pi * rng.uniform(25, 60) / RATE)
        for _ in range(2):
            x = lfilter([1 - keep], [1, -keep], x[:, ::-1], axis=-1)
    if rng.random() < 0.6:
        noise = rng.standard_normal(x.shape) * np.exp(each(np.log(0.002), np.log(0.06))) * (rng.random((len(x), 1)) < 0.5)
        if rng.random() < 0.5:
            noise = np.apply_along_axis(lambda row: np.convolve(row, [0.25, 0.5, 0.25], "same"), -1, noise)
        x = x + noise
    if rng.random() < 0.2:
        x = x + np.exp(each(np.log(0.003), np.log(0.05))) * np.sin(2 * np.pi * rng.choice([50, 60]) * time + each(0, 6.3))
    if rng.random() < 0.4:
        x = x + each(0, 0.5) * np.sin(2 * np.pi * rng.uniform(0.1, 0.6) * time + each(0, 6.3))
    gain = np.exp(rng.uniform(-0.5, 0.5)) * np.exp(each(-0.2, 0.2)) * np.where(rng.random((len(x), 1)) < 0.1, -1, 1)
    return x * gain


# Training


def train(records, epochs, seed, look):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    network = Network()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-3)
    steps = len(records) // 2
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=epochs * steps, pct_start=0.1)
    for epoch in range(1, epochs + 1):
        network.train()
        order, total = rng.permutation(len(records)), 0.0
        for step in range(steps):
            optimizer.zero_grad()
            for index in order[2 * step : 2 * step + 2]:
                x, y, known = example(records[index], rng)
                loss = cross_entropy(network(x), y, known) / 2
                loss.backward()
                total += loss.item()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        if epoch % 10 == 0 or epoch == epochs:
            print(f"epoch {epoch}: loss {total / steps:.4f}; {look(network)}", flush=True)
    return network


def cross_entropy(logits, y, known):
    return -((logits.log_softmax(1) * y).sum(1) * known).sum() / known.sum().clamp(min=1)


def refine(networks, records, holters, steps, seed):
    """Goes on with networks, which were trained with LUDB alone, with a record of LUDB and two of QTDB a step.

    Of QTDB they learn the T end. What is not near one shall stay what the networks together said before, and at the end
    the weights go back a quarter of the way (Wortsman et al., CVPR 2022, arXiv:2109.01903).
    """
    teachers = [copy.deepcopy(network).eval() for network in networks]
    for index, network in enumerate(networks):
        rng = np.random.default_rng(seed + index)
        network.eval()  # the statistics of normalization stay
        optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=steps, pct_start=0.1)
        total = 0.0
        for step in range(1, steps + 1):
            optimizer.zero_grad()
            one, two, three = rng.integers(len(records)), *rng.integers(len(holters), size=2)
            for record in (records[one], holters[two], holters[three]):
                x, y, known = example(record, rng)
                if isinstance(record, AnnotatedHolter):
                    with torch.no_grad():
                        before = sum(teacher(x).softmax(1) for teacher in teachers) / len(teachers)
                    y = y * known[:, None] + before * (1 - known[:, None])
                    known = torch.ones_like(known)
                loss = cross_entropy(network(x), y, known) / 3
                loss.backward()
                total += loss.item()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            if step % 100 == 0:
                print(f"network {index + 1}, step {step}: loss {total / 100:.4f}", flush=True)
                total = 0.0
        for new, old in zip(network.parameters(), teachers[index].parameters()):
            new.data.lerp_(old.data, 0.25)


def accuracy(network, records):
    """The share of annotated samples whose class is right, all leads."""
    network.eval()
    right = all_ = 0
    for record in records:
        y = resampled(record.signal, 500, np.arange(LENGTH) / RATE, 1 / RATE)
        with torch.no_grad():
            found = network(features(without_wander(y))).argmax(1).numpy()
        known = record.known[:, ::2][:, :LENGTH]
        right += ((found == record.classes[:, ::2][:, :LENGTH]) & known).sum()
        all_ += known.sum()
    return right / max(1, all_)


# Weights, as PackedWeights reads them: per output a scale and a bias of 32 bits, then a signed byte per weight.


PARTS = ("e0", "e1", "e2", "e3", "e4", "d2", "d1", "d0", "out")


def packed(network):
    network.eval()
    data = bytearray()
    for name in PARTS:
        part = getattr(network, name)
        if name == "out":
            weight, bias = part.weight, part.bias
        else:
            convolution, norm = part[0], part[1]
            scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            weight, bias = convolution.weight * scale[:, None, None], norm.bias - norm.running_mean * scale
        for row, offset in zip(weight.detach().numpy(), bias.detach().numpy()):
            step = float(np.abs(row).max()) / 127 or 1e-9
            data += struct.pack("<ff", step, float(offset))
            data += np.clip(np.round(row / step), -127, 127).astype(np.int8).tobytes()
    return bytes(data)


def unpacked(text):
    """The networks of a Swift file; what normalization did is in their weights."""
    data, at, networks = base64.b64decode("".join(re.findall(r"^  ([\w+/=]+)$", text, re.MULTILINE))), 0, []
    while at < len(data):
        network = Network()
        for name in PARTS:
            part = getattr(network, name)
            convolution = part if name == "out" else part[0]
            weight = np.zeros(convolution.weight.shape, np.float32)
            bias = np.zeros(len(weight), np.float32)
            for row in range(len(weight)):
                step, bias[row] = struct.unpack_from("<ff", data, at)
                size = weight[row].size
                weight[row] = step * np.frombuffer(data, np.int8, size, at + 8).reshape(weight[row].shape)
                at += 8 + size
            convolution.weight.data = torch.from_numpy(weight)
            if name == "out":
                part.bias.data = torch.from_numpy(bias)
            else:
                part[1].bias.data = torch.from_numpy(bias)
                part[1].running_var.fill_(1 - part[1].eps)
        networks.append(network.eval())
    return networks


def swift(data):
    text = base64.b64encode(data).decode()
    lines = "".join(f"  {text[i:i + 116]}\n" for i in range(0, len(text), 116))
    return ("/// The weights of ``WaveNetwork`` as ``PackedWeights`` reads them: written by `Tests/Bench/wave_network.py`.\n"
            f'let waveNetworkWeights = """\n{lines}  """\n')


def numbers(text):
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", help="with LUDB's records 1.hea, 2.hea, …")
    parser.add_argument("--records", default="1-70", type=numbers)
    parser.add_argument("--epochs", default=150, type=int)
    parser.add_argument("--seeds", default="5,9", help="one network each")
    parser.add_argument("--start", help="a Swift file that was written before, in place of a training with LUDB alone")
    parser.add_argument("--qtdb", help="folder of QTDB's records, of which the T ends are learned afterwards")
    parser.add_argument("--without", default="", help="records of QTDB that take no part, as sel100,sel103")
    parser.add_argument("--steps", default=500, type=int, help="with QTDB")
    parser.add_argument("--write", help="a Swift file")
    options = parser.parse_args()
    torch.set_num_threads(1)
    records = {number: Annotated(options.folder, number) for number in range(1, 101)}
    held = [record for number, record in records.items() if number not in options.records]
    look = lambda network: f"held out {100 * accuracy(network, held):.2f} % of samples right"
    chosen = [records[number] for number in options.records]
    if options.start:
        networks = unpacked(pathlib.Path(options.start).read_text(encoding="utf-8"))
    else:
        networks = [train(chosen, options.epochs, int(seed), look) for seed in options.seeds.split(",")]
    if options.qtdb:
        names = sorted(path.stem for path in pathlib.Path(options.qtdb).glob("*.q1c"))
        holters = [AnnotatedHolter(options.qtdb, name) for name in names if name not in options.without.split(",")]
        refine(networks, chosen, holters, options.steps, seed=100)
        print("; ".join(look(network) for network in networks))
    data = b"".join(packed(network) for network in networks)
    if options.write:
        pathlib.Path(options.write).write_text(swift(data), encoding="utf-8")


if __name__ == "__main__":
    main()
