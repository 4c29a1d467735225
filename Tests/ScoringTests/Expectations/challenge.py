"""Writes challenge.json: the Challenge metric as its papers define it, with arrays in place of loops over records.

Run: python challenge.py   (numpy 2.4.6)
Perez Alday et al., Physiological Measurement 41 (2020), 124003, and Reyna et al., Computing in Cardiology 48 (2021).
"""
import json, os

import numpy as np


def score(weights, labels, outputs):
    """Sum over records of the weights of (label, output), divided by the number of classes in either."""
    either = np.maximum((labels | outputs).sum(1), 1)
    return (np.einsum("ij,jk,ik->i", labels.astype(float), weights, outputs.astype(float)) / either).sum()


cases = []
for seed, (records, classes) in enumerate([(20, 3), (50, 6), (40, 4)]):
    random = np.random.default_rng(seed)
    weights = np.round(random.random((classes, classes)), 3)  # not symmetric: rows are labels
    np.fill_diagonal(weights, 1)
    labels = random.random((records, classes)) < 0.3
    scores = np.round(np.clip(0.4 * labels + 0.7 * random.random(labels.shape), 0, 1), 3)
    outputs = scores >= 0.5
    inactive = np.zeros_like(labels)
    inactive[:, 1] = True
    low, high = score(weights, labels, inactive), score(weights, labels, labels)
    cases.append(
        dict(
            weights=weights.tolist(), labels=labels.tolist(), scores=scores.tolist(), normal=1,
            metric=(score(weights, labels, outputs) - low) / (high - low),
        )
    )
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "challenge.json"), "w") as file:
    json.dump(cases, file, sort_keys=True)
    file.write("\n")
