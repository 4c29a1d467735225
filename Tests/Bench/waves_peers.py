"""Python's delineators and R peak detectors, each as a function of a signal [samples, leads] in mV and a rate in Hz.

Each runs as its own documents say, with its defaults, on one lead at a time unless it takes several; the result is for
each lead {boundary: samples}, and the same over all leads together where the tool has that, else None. waves.py scores
them.
"""

import dataclasses
import importlib
import importlib.metadata
import warnings
from collections.abc import Callable

import numpy as np


def each_lead(detect):
    """A detector of one lead, for several."""
    return lambda signal, rate: ([detect(lead, rate) for lead in signal.T], None)


def finite(samples):
    samples = np.asarray([np.nan if s is None else s for s in samples], dtype=float)
    return samples[np.isfinite(samples)]


# prominence-delineator: R peaks by FastNVG of the raw signal, cleaning by NeuroKit, as in its README.

PROMINENCE = {"P": ("P_on", "P", "P_off"), "QRS": ("R_on", "R", "R_off"), "T": ("T_on", "T", "T_off")}
NAMES = {"P": ("P onset", "P peak", "P end"), "QRS": ("QRS onset", "R", "QRS end"), "T": ("T onset", "T peak", "T end")}


def renamed(waves, names):
    return {ours: finite(waves.get(theirs, ())) for kind in NAMES for ours, theirs in zip(NAMES[kind], names[kind])}


def prominence(lead, rate):
    from prominence_delineator import ProminenceDelineator

    delineator = ProminenceDelineator(sampling_frequency=rate)
    peaks = delineator.find_rpeaks(lead)
    return renamed(delineator.find_waves(delineator.clean_ecg(lead), rpeaks=peaks), PROMINENCE)


def prominence_corrected(signal, rate):
    from prominence_delineator import ProminenceDelineator

    delineator = ProminenceDelineator(sampling_frequency=rate)
    leads = list(np.ascontiguousarray(signal.T))
    peaks = delineator.find_rpeaks(leads)
    waves = delineator.find_waves_multilead(delineator.clean_ecg(leads), peaks, multilead_correction=True)
    return [renamed({key: of_leads[i] for key, of_leads in waves.items()}, PROMINENCE) for i in range(len(leads))], None


# ecgdeli: filter_ecg, then annotate; it aligns leads by itself. The notch at the mains frequency is its default.


def fiducials(table):
    columns = {"P onset": "p_on", "P peak": "p_peak", "P end": "p_off", "QRS onset": "qrs_on", "R": "r_peak",
               "QRS end": "qrs_off", "T onset": "t_on", "T peak": "t_peak", "T end": "t_off"}
    missing = np.iinfo(np.int64).max
    return {name: [s for s in getattr(table, column) if s != missing] for name, column in columns.items()}


def ecgdeli_in(mode):
    def together(signal, rate):
        import ecgdeli

        with ecgdeli.fidelity(mode):
            annotation = ecgdeli.annotate(ecgdeli.filter_ecg(signal, rate), rate)
        return [fiducials(lead) for lead in annotation.leads], fiducials(annotation.consensus)

    def alone(lead, rate):
        return together(lead, rate)[0][0]

    return each_lead(alone), together


# NeuroKit2: ecg_clean, ecg_peaks and ecg_delineate with their defaults, as its page on delineation does. (ecg_process
# would correct "artifacts" among the R peaks, which moves peaks of arrhythmias to where no beat is.)

NEUROKIT = {kind: tuple(f"ECG_{letter}_{part}" for part in ("Onsets", "Peaks", "Offsets"))
            for kind, letter in (("P", "P"), ("QRS", "R"), ("T", "T"))}


def neurokit(method):
    def detect(lead, rate):
        import neurokit2

        rate = int(rate)
        cleaned = neurokit2.ecg_clean(lead, sampling_rate=rate)
        _, peaks = neurokit2.ecg_peaks(cleaned, sampling_rate=rate)
        peaks = peaks["ECG_R_Peaks"]
        _, waves = neurokit2.ecg_delineate(cleaned, peaks, sampling_rate=rate, method=method)
        return renamed({**waves, "ECG_R_Peaks": peaks}, NEUROKIT)

    return each_lead(detect)


# R peaks alone


def neurokit_peaks(method, cleaning=None):
    """`cleaning`: where NeuroKit2 has none of the method's own."""
    def detect(lead, rate):
        import neurokit2

        cleaned = neurokit2.ecg_clean(lead, sampling_rate=int(rate), method=cleaning or method)
        _, peaks = neurokit2.ecg_peaks(cleaned, sampling_rate=int(rate), method=method)
        return {"R": finite(peaks["ECG_R_Peaks"])}

    return each_lead(detect)


def xqrs(lead, rate):
    from wfdb import processing

    return {"R": finite(processing.xqrs_detect(lead, fs=rate, verbose=False))}


def gqrs(lead, rate):
    from wfdb import processing

    return {"R": finite(processing.gqrs_detect(lead, fs=rate))}


def fast_nvg(lead, rate):
    from vg_beat_detectors import FastNVG

    return {"R": finite(FastNVG(sampling_frequency=rate).find_peaks(lead))}


@dataclasses.dataclass
class Peer:
    packages: tuple
    detect: Callable  # (signal [samples, leads] in mV, rate in Hz) -> (waves of each lead, waves of all or None)
    takes_all: bool = False  # all leads of a record at once
    slow: bool = False  # on long records


def all_peers():
    prominent = ("prominence_delineator", "vg_beat_detectors", "neurokit2")
    peers = {
        "prominence-delineator": Peer(prominent, each_lead(prominence)),
        "prominence-delineator, all leads": Peer(prominent, prominence_corrected, takes_all=True),
    }
    for name, mode in (("ecgdeli", "matlab"), ("ecgdeli fixed", "fixed")):
        alone, together = ecgdeli_in(mode)
        peers[name] = Peer(("ecgdeli",), alone)
        peers[f"{name}, all leads"] = Peer(("ecgdeli",), together, takes_all=True)
    for method in ("dwt", "cwt", "prominence", "peak"):
        peers[f"NeuroKit2 {method}"] = Peer(("neurokit2",), neurokit(method), slow=method == "cwt")
    peers["wfdb xqrs"] = Peer(("wfdb",), each_lead(xqrs))
    peers["wfdb gqrs"] = Peer(("wfdb",), each_lead(gqrs))
    for method in ("pantompkins1985", "hamilton2002", "elgendi2010", "kalidas2017"):
        peers[f"NeuroKit2 {method}"] = Peer(("neurokit2",), neurokit_peaks(method))
    for method in ("rodrigues2021", "martinez2004"):
        peers[f"NeuroKit2 {method}"] = Peer(("neurokit2",), neurokit_peaks(method, "neurokit"))
    peers["FastNVG"] = Peer(("vg_beat_detectors",), each_lead(fast_nvg))
    return peers


DISTRIBUTIONS = {"prominence_delineator": "prominence-delineator", "vg_beat_detectors": "vg-beat-detectors"}


def peers(names):
    """({name: Peer}, {package: version}, {name: why it is left out}) of the tools named, or "all"."""
    warnings.simplefilter("ignore")
    known = all_peers()
    starts = ("",) if names == "all" else tuple(name.strip() for name in names.split(","))
    wanted = [name for name in known if name.startswith(starts)]
    present, versions, missing = {}, {}, {}
    for name in wanted:
        try:
            for package in (*known[name].packages, "numpy", "scipy"):
                importlib.import_module(package)
                distribution = DISTRIBUTIONS.get(package, package)
                versions[distribution] = importlib.metadata.version(distribution)
            present[name] = known[name]
        except ImportError as error:
            missing[name] = str(error)
    return present, versions, missing
