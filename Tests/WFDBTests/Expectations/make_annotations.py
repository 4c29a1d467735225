"""Writes annotations.json: what wfdb-python 4.3 reads from the annotation files in ../shared/data.

    python make_annotations.py SHARED_DATA FOLDER_OF_THE_UNPACKED_ARCHIVES_IN_WAVES > annotations.json

A file's digest is FNV-1a (64 bits) over one line per annotation: 'sample code subtype channel number text', the text as
hexadecimal digits. wfdb-python leaves out all notes at sample 0, so the lines leave them out.
"""

import collections
import glob
import json
import os
import re
import sys

import wfdb


def lines(path):
    base, extension = os.path.splitext(path)
    a = wfdb.rdann(base, extension[1:], return_label_elements=["label_store", "symbol"])
    rows = list(zip(a.sample, a.label_store, a.subtype, a.chan, a.num, a.aux_note, a.symbol))
    return a, rows, ["%d %d %d %d %d %s\n" % (*row[:5], row[5].encode("latin-1").hex()) for row in rows]


def fnv(text):
    digest = 0xCBF29CE484222325
    for byte in text.encode():
        digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return "%016x" % digest


shared, waves = sys.argv[1:]
files = {}
names = [(shared, f) for f in ("wfdb/100.atr", "wfdb/100.qrs", "wfdb/1003.atr")]  # huge.qrs: below
names += [(waves, f) for f in ("ludb/data/1.ii", "ludb/data/50.v3")]
names += [(waves, os.path.relpath(f, waves)) for f in sorted(glob.glob(waves + "/qtdb/*.*")) if f[-3:] in ("atr", "q1c")]
names += [(waves, f) for f in ("qtdb/sel301.pu0", "qtdb/sel301.man")]
for root, name in names:
    a, rows, text = lines(os.path.join(root, name))
    files[name] = {
        "count": len(rows),
        "digest": fnv("".join(text)),
        "first": [line.rstrip() for line in text[:3]],
        "last": text[-1].rstrip(),
        "symbols": dict(sorted(collections.Counter(row[6] for row in rows).items())),
    }
# wfdb-python takes two annotations per file for granted; this one has a single one.
a, rows, text = lines(shared + "/wfdb/huge.qrs")
files["wfdb/huge.qrs"] = {
    "count": len(rows), "digest": fnv("".join(text)), "first": [l.rstrip() for l in text], "last": text[-1].rstrip(),
    "symbols": dict(collections.Counter(row[6] for row in rows)),
}
# LUDB: one digest a record, over its twelve leads.
leads = "i ii iii avr avl avf v1 v2 v3 v4 v5 v6".split()
ludb = {}
for path in sorted(glob.glob(waves + "/ludb/data/*.hea"), key=lambda p: int(re.findall(r"\d+", p)[-1])):
    record = path[:-4]
    ludb[os.path.basename(record)] = fnv("".join("".join(lines(f"{record}.{lead}")[2]) for lead in leads))
print(json.dumps({"files": files, "ludb": ludb}, indent=1))
