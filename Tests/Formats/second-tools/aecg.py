"""Reads aECG files with ecgdatakit 2.0 (PyPI) and compares each with the WFDB record of its name.

    python aecg.py FOLDER-OF-XML FOLDER-OF-RECORDS        needs: pip install ecgdatakit wfdb

Prints how many leads were compared and the largest difference in millivolts. `make test` does not run it.
"""

import pathlib
import sys
import warnings

import numpy as np
import wfdb
from ecgdatakit.parsing.parsers.hl7_aecg import HL7aECGParser

MILLIVOLTS = {"nV": 1e6, "uV": 1e3, "mV": 1.0, "V": 1e-3}  # how many of them are one

files, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
records = {path.stem: path.with_suffix("") for path in folder.rglob("*.hea")}
leads, largest, said = 0, 0.0, set()
for path in sorted(files.glob("*.xml")):
    record = wfdb.rdrecord(str(records[path.stem]))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read = HL7aECGParser().parse(path)
    said.update(str(warning.message) for warning in caught)
    assert [lead.label.upper() for lead in read.leads] == [name.upper() for name in record.sig_name], path
    assert all(lead.sampling_rate == record.fs for lead in read.leads), path
    for index, lead in enumerate(read.leads):
        values = (np.asarray(lead.samples, float) * lead.resolution + lead.offset) / MILLIVOLTS[lead.resolution_unit]
        largest = max(largest, np.abs(values - record.p_signal[:, index]).max())
        leads += 1
print(f"{leads} leads, largest difference {largest} mV; warnings: {sorted(said) or 'none'}")
