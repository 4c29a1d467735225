"""Writes scikit_learn.json: what scikit-learn computes for small made-up predictions, ties and odd classes included.

Run: python scikit_learn.py   (scikit-learn 1.9.1, numpy 2.4.6)
"""
import json, os, warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.simplefilter("ignore")
cases = []
for seed, (records, levels, prevalence) in enumerate(
    [(12, 4, 0.5), (30, 6, 0.3), (60, 1000, 0.1), (60, 3, 0.5), (200, 20, 0.05), (8, 1, 0.5), (40, 10, 0.9)]
):
    random = np.random.default_rng(seed)
    labels = random.random(records) < prevalence
    labels[0], labels[1] = True, False
    scores = random.integers(0, levels, records) / max(levels - 1, 1)
    scores = np.where(labels & (random.random(records) < 0.5), np.minimum(1, scores + 2 / max(levels, 2)), scores)
    false_rate, true_rate, thresholds = metrics.roc_curve(labels, scores, drop_intermediate=True)
    all_points = len(metrics.roc_curve(labels, scores, drop_intermediate=False)[0])
    precision, recall, cuts = metrics.precision_recall_curve(labels, scores)
    called = scores >= 0.5
    cases.append(
        dict(
            scores=scores.tolist(),
            labels=labels.tolist(),
            auroc=metrics.roc_auc_score(labels, scores),
            ap=metrics.average_precision_score(labels, scores),
            rocFalsePositiveRate=false_rate.tolist(),
            rocTruePositiveRate=true_rate.tolist(),
            rocThresholds=[None if np.isinf(t) else t for t in thresholds],
            rocPointsUndropped=all_points,
            prPrecision=precision[::-1].tolist(),
            prRecall=recall[::-1].tolist(),
            precision=metrics.precision_score(labels, called, zero_division=0),
            recall=metrics.recall_score(labels, called),
            f1=metrics.f1_score(labels, called),
        )
    )

reports = []
for seed, (records, names) in enumerate(
    [
        (40, ["NORM", "MI", "STTC", "CD", "HYP"]),
        (25, ["a", "a class whose name is longer than the heading", "Größe"]),
        (10, ["never true", "always true", "never called"]),
    ]
):
    random = np.random.default_rng(100 + seed)
    labels = random.random((records, len(names))) < random.uniform(0.1, 0.6, len(names))
    scores = np.round(np.clip(0.35 * labels + 0.75 * random.random(labels.shape), 0, 1), 3)
    if seed == 2:
        labels[:, 0], labels[:, 1], scores[:, 2] = False, True, 0.1
    called = scores >= 0.5
    reports.append(
        dict(
            names=names,
            labels=labels.tolist(),
            scores=scores.tolist(),
            text=metrics.classification_report(labels, called, target_names=names, zero_division=0),
            text4=metrics.classification_report(labels, called, target_names=names, zero_division=0, digits=4),
            microAUROC=metrics.roc_auc_score(labels.ravel(), scores.ravel()),
            microAP=metrics.average_precision_score(labels, scores, average="micro"),
            microF1=metrics.f1_score(labels, called, average="micro", zero_division=0),
        )
    )

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "scikit_learn.json"), "w") as file:
    json.dump(dict(scikitLearn=sklearn.__version__, cases=cases, reports=reports), file, indent=None, sort_keys=True)
    file.write("\n")
