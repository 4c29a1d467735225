"""Writes comparison.json: paired bootstrap tests of macro means and of classes, with replicates that are given.

Run: python comparison.py   (numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1)
The standard error is the deviation of the replicates (Efron & Tibshirani 1993, algorithm 6.1), p that of Student's t.
Degrees of freedom: of a class the fewer of positives and negatives, less one; of a macro mean by Satterthwaite (1946)
from those of the classes, with DeLong's components for AUROC.
"""
import json, os

import numpy as np
from scipy import stats
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

random = np.random.default_rng(3)
records, classes = 60, 3
patients = random.integers(0, 25, records)
labels = np.array([random.random(records) < share for share in (0.5, 0.3, 0.2)])
common = random.normal(size=(classes, 25))[:, patients]


def network(strength):
    logits = common + strength * labels + random.normal(size=(classes, records))
    return np.round(stats.norm.cdf(logits - 1), 2)  # coarse, so that some are equal


networks = [network(2.0), network(1.2)]
replicates = []
while len(replicates) < 80:
    drawn = random.integers(0, 25, 25)
    rows = np.concatenate([np.flatnonzero(patients == patient) for patient in drawn])
    if all(0 < labels[j][rows].sum() < len(rows) for j in range(classes)):
        replicates.append(rows)

measures = dict(auroc=roc_auc_score, ap=average_precision_score, brier=brier_score_loss)
everything = np.arange(records)


def values(measure, scores, rows):
    return np.array([measures[measure](labels[j][rows], scores[j][rows]) for j in range(classes)])


def components(scores, own):
    kernel = (scores[own][:, None] > scores[~own]) + 0.5 * (scores[own][:, None] == scores[~own])
    return kernel.mean(1), kernel.mean(0)


def satterthwaite(parts):
    return sum(v for v, _ in parts) ** 2 / sum(v * v / df for v, df in parts)


def delong_parts():
    parts = []
    for j in range(classes):
        first, second = (components(scores[j], labels[j]) for scores in networks)
        for a, b in zip(first, second):
            parts.append((np.var(a - b, ddof=1) / len(a), len(a) - 1))
    return parts


def row(first, second, drawn, df):
    error = np.std(drawn, ddof=1)
    z = (first - second) / error
    p = 2 * stats.t.sf(abs(z), df)
    return dict(first=first, second=second, difference=first - second, error=error, df=df, z=z, p=p)


macro, by_class = {}, {}
for name in measures:
    first, second = (values(name, scores, everything) for scores in networks)
    drawn = np.array([values(name, networks[0], r) - values(name, networks[1], r) for r in replicates])
    rarer = [min(own.sum(), (~own).sum()) - 1 for own in labels]
    rows = [row(first[j], second[j], drawn[:, j], int(rarer[j])) for j in range(classes)]
    parts = delong_parts() if name == "auroc" else [(r["error"] ** 2, r["df"]) for r in rows]
    macro[name] = row(first.mean(), second.mean(), drawn.mean(1), min(satterthwaite(parts), records - 1))
    by_class[name] = rows

student = [
    dict(df=df, t=t, p=2 * stats.t.sf(t, df), tail=tail, quantile=stats.t.isf(tail, df))
    for df in (0.7, 1, 2, 3.5, 6, 13.2, 40, 371.5, 5e4)
    for t, tail in ((0.01, 0.4), (0.5, 0.25), (1.3, 0.05), (2.1, 0.025), (4.0, 0.005), (9.0, 0.0005), (40.0, 1e-6))
]
result = dict(
    student=student,
    labels=labels.tolist(), first=networks[0].tolist(), second=networks[1].tolist(),
    replicates=[r.tolist() for r in replicates], macro=macro, classes=by_class,
)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "comparison.json"), "w") as file:
    json.dump(result, file, sort_keys=True)
    file.write("\n")
