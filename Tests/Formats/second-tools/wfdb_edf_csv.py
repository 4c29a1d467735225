"""Reads with wfdb-python, pyedflib and NumPy what `ecgbook convert` writes of records of WFDB.

    python wfdb_edf_csv.py ECGBOOK FOLDER      for every record below the folder; needs wfdb, pyedflib, numpy

Prints for each format the greatest difference to what wfdb-python reads of the record itself, in the leads' units and in
parts of a lead's greatest value.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyedflib
import wfdb

PER_MILLIVOLT = {"uV": 1000, "mV": 1, "V": 0.001}


def read_wfdb(path):
    return wfdb.rdrecord(str(path.with_suffix(""))).p_signal


def read_edf(path):
    with pyedflib.EdfReader(str(path)) as file:
        return np.stack(
            [file.readSignal(i) / PER_MILLIVOLT.get(file.getPhysicalDimension(i), 1) for i in range(file.signals_in_file)], 1
        )


def read_csv(path):
    lines = path.read_text().splitlines()
    comments = sum(line.startswith("#") for line in lines)
    return np.genfromtxt(lines[comments + 1 :], delimiter=",", ndmin=2)


def main(ecgbook, folder):
    worst, counts = {}, {}
    for header in sorted(Path(folder).rglob("*.hea")):
        try:
            record = wfdb.rdrecord(str(header.with_suffix("")))
        except Exception as error:  # not every sample has all its files
            print(f"{header.name}: wfdb-python does not read it: {error}")
            continue
        expected = record.p_signal
        with tempfile.TemporaryDirectory() as out:
            for suffix, read in ((".hea", read_wfdb), (".edf", read_edf), (".csv", read_csv)):
                target = Path(out) / ("r" + suffix)
                run = subprocess.run([ecgbook, "convert", header, target], capture_output=True, text=True)
                if run.returncode:
                    print(f"{header.name}: {run.stderr.strip() or run.stdout.strip()}")
                    continue
                found = read(target).reshape(-1, expected.shape[1])[: len(expected)]
                missing = np.isnan(expected)
                if suffix != ".edf":  # which has no missing sample
                    assert np.array_equal(np.isnan(found), missing), header
                difference = np.where(missing, 0, np.abs(found - expected))
                scale = np.maximum(1e-300, np.nanmax(np.abs(np.where(missing, 0, expected)), 0))
                one, other = worst.get(suffix, (0, 0))
                worst[suffix] = (max(one, difference.max()), max(other, (difference / scale).max()))
                counts[suffix] = counts.get(suffix, 0) + 1
    for suffix, (absolute, relative) in worst.items():
        print(f"{suffix}: {counts[suffix]} records, greatest difference {absolute:.3g}, relative {relative:.3g}")


if __name__ == "__main__":
    main(*sys.argv[1:])
