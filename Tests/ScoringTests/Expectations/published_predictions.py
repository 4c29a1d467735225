"""Writes published_predictions.json and published_report.txt: what scikit-learn says of the published network's scores.

Run: python published_predictions.py FOLDER   (scikit-learn 1.9.1, numpy 2.4.6)
FOLDER is predictions/xresnet1d101_all71 of the shared data. Undefined figures are null; a record is called positive at
or above 0.5.
"""
import json, os, sys, warnings

import numpy as np
from sklearn import metrics

warnings.simplefilter("ignore")
folder = sys.argv[1]
labels = np.load(f"{folder}/y_true.npy").astype(int)
scores = np.load(f"{folder}/y_pred.npy").astype(float)
names = open(f"{folder}/classes.txt").read().split()


def figures(y, p):
    called = (p >= 0.5).astype(int)
    both = len(set(y)) == 2
    mixed = both and len(set(called)) == 2
    return dict(
        auroc=metrics.roc_auc_score(y, p) if both else None,
        ap=metrics.average_precision_score(y, p) if y.any() else None,
        brier=metrics.brier_score_loss(y, p),
        logLoss=metrics.log_loss(y, p, labels=[0, 1]),
        f1=metrics.f1_score(y, called) if y.any() or called.any() else None,
        f2=metrics.fbeta_score(y, called, beta=2) if y.any() or called.any() else None,
        mcc=metrics.matthews_corrcoef(y, called) if mixed else None,
        balancedAccuracy=metrics.balanced_accuracy_score(y, called) if both else None,
        npv=metrics.precision_score(1 - y, 1 - called) if not called.all() else None,
    )


result = {name: figures(labels[:, j], scores[:, j]) for j, name in enumerate(names)}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "published_predictions.json"), "w") as file:
    json.dump(result, file, sort_keys=True)
    file.write("\n")

report = metrics.classification_report(labels, scores >= 0.5, target_names=names, zero_division=0)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "published_report.txt"), "w") as file:
    file.write(report)
