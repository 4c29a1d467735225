"""Writes npy.json: small arrays in every element type, byte order and layout as numpy.save writes them, in base 64.

Run: python npy.py   (numpy 2.4.6)
"""
import base64, io, json, os

import numpy as np

arrays = []
descrs = "|b1 |i1 <i2 >i2 <i4 >i4 <i8 >i8 |u1 <u2 >u4 <u8 <f2 >f2 <f4 >f4 <f8 >f8".split()
for descr in descrs:
    values = [0, 1, 1, 0, 1, 0] if descr == "|b1" else [0, 1, 2, 3, 100, 127]
    if "i" in descr:
        values = [0, -1, 2, -3, 100, -128]
    if "f" in descr:
        values = [0, -1.5, 2.25, float("inf"), 6.103515625e-05, 5.960464477539063e-08]
    for order in "CF":
        array = np.asarray(np.array(values).reshape(2, 3), dtype=np.dtype(descr), order=order)
        for version in [(1, 0), (2, 0), (3, 0)] if descr == "<f4" else [(1, 0)]:
            file = io.BytesIO()
            np.lib.format.write_array(file, array, version=version)
            arrays.append(
                dict(
                    descr=descr, order=order, version=version[0], data=base64.b64encode(file.getvalue()).decode(),
                    values=["inf" if np.isinf(v) else repr(float(v)) for v in array.ravel(order="C")],
                )
            )
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "npy.json"), "w") as file:
    json.dump(arrays, file, sort_keys=True)
    file.write("\n")
