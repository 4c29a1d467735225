"""Writes delong.json: variances of AUROCs and of their differences by the kernel of every pair, as the papers write them.

Run: python delong.py   (numpy 2.4.6, scipy 1.17.1)
DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988), equations 4 to 7; Obuchowski, Biometrics 53 (1997), section 2.
"""
import json, os

import numpy as np
from scipy import stats


def components(scores, labels):
    positives, negatives = scores[labels], scores[~labels]
    kernel = np.array([[1.0 if x > y else 0.5 if x == y else 0.0 for y in negatives] for x in positives])
    return kernel.mean(), kernel.mean(1), kernel.mean(0)


def delong(columns, labels):
    """The covariance matrix."""
    parts = [components(scores, labels) for scores in columns]
    m, n = labels.sum(), (~labels).sum()
    s10 = np.cov([p[1] for p in parts]).reshape(len(columns), -1)
    s01 = np.cov([p[2] for p in parts]).reshape(len(columns), -1)
    return [p[0] for p in parts], s10 / m + s01 / n


def obuchowski(columns, labels, patients):
    parts = [components(scores, labels) for scores in columns]
    areas = [p[0] for p in parts]
    m, n = labels.sum(), (~labels).sum()
    groups = sorted(set(patients))
    sums = []
    for area, v10, v01 in parts:
        x = [v10[patients[labels] == g].sum() - (labels & (patients == g)).sum() * area for g in groups]
        y = [v01[patients[~labels] == g].sum() - (~labels & (patients == g)).sum() * area for g in groups]
        sums.append((np.array(x), np.array(y)))
    i10 = len(set(patients[labels]))
    i01 = len(set(patients[~labels]))
    i = len(groups)
    covariance = np.zeros((len(columns), len(columns)))
    for a in range(len(columns)):
        for b in range(len(columns)):
            (xa, ya), (xb, yb) = sums[a], sums[b]
            s10 = i10 / ((i10 - 1) * m) * (xa * xb).sum()
            s01 = i01 / ((i01 - 1) * n) * (ya * yb).sum()
            s11 = i / (i - 1) * (xa * yb).sum()
            s11t = i / (i - 1) * (ya * xb).sum()
            covariance[a, b] = s10 / m + s01 / n + (s11 + s11t) / (m * n)
    return areas, covariance


cases = []
for seed, (records, levels, groups) in enumerate([(30, 1000, 12), (60, 5, 20), (100, 20, 90)]):
    random = np.random.default_rng(seed)
    patients = random.integers(0, groups, records)
    labels = random.random(records) < 0.4
    common = random.normal(size=groups)[patients]
    first = np.floor(levels * stats.norm.cdf(common + labels + random.normal(size=records))) / levels
    second = np.floor(levels * stats.norm.cdf(common + 0.5 * labels + random.normal(size=records))) / levels
    case = dict(first=first.tolist(), second=second.tolist(), labels=labels.tolist(), patients=patients.tolist())
    for name, (areas, c) in dict(
        delong=delong([first, second], labels), obuchowski=obuchowski([first, second], labels, patients)
    ).items():
        variance = c[0, 0] + c[1, 1] - c[0, 1] - c[1, 0]
        z = (areas[0] - areas[1]) / variance**0.5
        case[name] = dict(variance=c[0, 0], difference=variance, z=z, p=2 * stats.norm.sf(abs(z)))
    case["auroc"] = areas[0]
    cases.append(case)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "delong.json"), "w") as file:
    json.dump(cases, file, sort_keys=True)
    file.write("\n")
