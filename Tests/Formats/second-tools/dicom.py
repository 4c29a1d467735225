"""Compares DICOM objects that ECGBook wrote with the WFDB records that they were made of.

    python dicom.py RECORDS OBJECTS

For each RECORDS/NAME.hea, wfdb's samples are held against those that pydicom reads from OBJECTS/NAME.dcm, and, where
it is installed (Debian's dicom3tools), dciodvfy holds each object of OBJECTS against DICOM's modules. Prints the largest
difference in millivolts and what dciodvfy says, and ends with 1 where an object differs or has an error.
Needs wfdb and pydicom.
"""

import collections
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import wfdb


def difference(record, path):
    """The largest difference of any sample of any lead, in millivolts; infinite where shape, rate or gaps differ."""
    header = wfdb.rdrecord(str(record.with_suffix("")))
    dataset = pydicom.dcmread(path)
    group = dataset.WaveformSequence[0]
    leads = dataset.waveform_array(0) / 1000  # from microvolts
    if "WaveformPaddingValue" in group:
        padding = np.frombuffer(group.WaveformPaddingValue, "<i2")[0]
        digits = np.frombuffer(group.WaveformData, "<i2").reshape(leads.shape)
        leads = np.where(digits == padding, np.nan, leads)
    if leads.shape != header.p_signal.shape or float(group.SamplingFrequency) != header.fs:
        return np.inf
    if not np.array_equal(np.isnan(leads), np.isnan(header.p_signal)):
        return np.inf
    return np.nanmax(np.abs(leads - header.p_signal), initial=0)


def complaints(path):
    """What dciodvfy says of an object, without the line that names its kind."""
    if shutil.which("dciodvfy") is None:
        return ["not checked: dciodvfy is not installed"]
    said = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False).stderr
    return [line for line in said.splitlines() if line.startswith(("Error", "Warning"))]


def main(records, objects):
    largest, counted, said = 0.0, 0, collections.Counter()
    for record in sorted(records.rglob("*.hea")):
        path = objects / record.relative_to(records).with_suffix(".dcm")
        largest = max(largest, difference(record, path))
        counted += 1
    for path in sorted(objects.rglob("*.dcm")):
        said.update(complaints(path))
    print(f"{counted} records, largest difference {largest:g} mV")
    for line, number in said.most_common():
        print(f"{number} × {line}")
    return counted == 0 or largest > 1e-9 or any(line.startswith("Error") for line in said)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
