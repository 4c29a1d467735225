"""Writes calibration.json: reliability bins, calibration lines, Platt's lines, temperatures and isotonic functions of made-up scores.

Run: python calibration.py   (scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6)
"""
import json, os

import numpy as np
from scipy import optimize, special
from sklearn.calibration import _sigmoid_calibration, calibration_curve
from sklearn.isotonic import IsotonicRegression

cases = []
for seed, (records, decimals, slope, shift) in enumerate([(60, 2, 0.5, 0.3), (200, 15, 2.0, -0.5), (300, 1, 1.0, 0.0)]):
    random = np.random.default_rng(seed)
    truth = random.normal(-1, 2, records)
    labels = (random.random(records) < special.expit(truth)).astype(int)
    p = np.round(special.expit((truth - shift) / slope), decimals)
    eps = np.finfo(float).eps
    clipped = np.clip(p, eps, 1 - eps)
    x = np.log(clipped / (1 - clipped))

    def loss(a, b):
        return np.logaddexp(0, np.where(labels == 1, -(a + b * x), a + b * x)).sum()

    def gradient(parameters):
        residual = special.expit(parameters[0] + parameters[1] * x) - labels
        return np.array([residual.sum(), (residual * x).sum()])

    line = optimize.root(gradient, optimize.minimize(lambda v: loss(*v), [0, 1], jac=gradient).x, tol=1e-14).x
    large = optimize.brentq(lambda a: (special.expit(a + x) - labels).sum(), -50, 50, xtol=1e-15)
    inverse = optimize.brentq(lambda b: ((special.expit(b * x) - labels) * x).sum(), 1e-6, 1e3, xtol=1e-15)
    # Platt's targets as in scikit-learn's _sigmoid_calibration, which stops at a tolerance of its own; so solved here.
    positives, negatives = labels.sum(), len(labels) - labels.sum()
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def platt_gradient(parameters):
        residual = special.expit(parameters[0] + parameters[1] * x) - targets
        return np.array([residual.sum(), (residual * x).sum()])

    platt = optimize.root(platt_gradient, line, tol=1e-14).x
    a, b = _sigmoid_calibration(x, labels)
    assert np.allclose([-b, -a], platt, atol=1e-3), (a, b, platt)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(p, labels)
    grid = np.concatenate([[-1, 0, 1, 2], random.random(40), p[:20]])
    curves = {}
    for strategy in ("uniform", "quantile"):
        observed, predicted = calibration_curve(labels, p, n_bins=10, strategy=strategy)
        curves[strategy] = dict(observed=observed.tolist(), predicted=predicted.tolist())
    cases.append(
        dict(
            probabilities=p.tolist(), labels=(labels == 1).tolist(), intercept=line[0], slope=line[1], inTheLarge=large, platt=platt.tolist(),
            temperature=1 / inverse, uniform=curves["uniform"], quantile=curves["quantile"], grid=grid.tolist(),
            isotonic=isotonic.predict(grid).tolist(), bends=isotonic.X_thresholds_.tolist(),
            values=isotonic.y_thresholds_.tolist(),
        )
    )
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "calibration.json"), "w") as file:
    json.dump(cases, file, sort_keys=True)
    file.write("\n")
