"""Writes bca.json: BCa intervals of AUROC from given replicates, each AUROC computed anew from repeated records.

Run: python bca.py   (scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6)
Efron, J. Am. Stat. Assoc. 82 (1987); the formula as in scipy.stats.bootstrap. The jackknife leaves out patients.
"""
import json, os

import numpy as np
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

cases = []
for seed, (records, groups) in enumerate([(50, 50), (60, 25)]):
    random = np.random.default_rng(seed)
    patients = np.arange(records) if groups == records else random.integers(0, groups, records)
    labels = random.random(records) < 0.3
    scores = np.round(random.normal(size=records) + 1.2 * labels, 1)
    rows = random.integers(0, records, (200, records))
    replicates = np.array([roc_auc_score(labels[row], scores[row]) for row in rows])
    estimate = roc_auc_score(labels, scores)
    left = np.array([roc_auc_score(labels[patients != g], scores[patients != g]) for g in sorted(set(patients))])
    bias = norm.ppf(((replicates < estimate).sum() + (replicates <= estimate).sum()) / (2 * len(replicates)))
    u = left.mean() - left
    a = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    z = norm.ppf([0.05, 0.95])
    shares = norm.cdf(bias + (bias + z) / (1 - a * (bias + z)))
    lower, upper = np.quantile(replicates, shares)
    cases.append(
        dict(
            scores=scores.tolist(), labels=labels.tolist(), patients=patients.tolist(), rows=rows.tolist(), lower=lower,
            upper=upper,
        )
    )
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bca.json"), "w") as file:
    json.dump(cases, file, sort_keys=True, separators=(",", ":"))
    file.write("\n")
