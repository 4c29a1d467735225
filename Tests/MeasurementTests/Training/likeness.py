"""Makes Sources/Measurement/Quality/LikenessWeights.swift: how far a recording's features lie from PTB-XL's.

    ECGBOOK_TRAINING=FOLDER make test         # writes features.f32 and records.csv (QualityTraining.swift)
    python likeness.py FOLDER OUTPUT.swift    # numpy; seconds

Per aspect the mean and covariance of folds 1 to 7 without the outermost hundredth; 0.1 % of fold 8 exceed the limit.
"""

import base64, csv, sys
import numpy as np

folder, output = sys.argv[1:3]
ASPECTS = {"level": 1, "size": 8, "polarity": 8, "speed": 17, "agreement": 28, "beats": 3}
X = np.fromfile(f"{folder}/features.f32", np.float32).reshape(-1, sum(ASPECTS.values())).astype(float)
fold = np.array([int(r["fold"]) for r in csv.DictReader(open(f"{folder}/records.csv"))])
train, valid = X[fold <= 7], X[fold == 8]
lines, exceeded, start = [], np.zeros(len(valid), bool), 0
for name, n in ASPECTS.items():
    block, check = train[:, start : start + n], valid[:, start : start + n]
    start += n
    kept = np.ones(len(block), bool)
    for _ in range(3):
        mean, covariance = block[kept].mean(0), np.atleast_2d(np.cov(block[kept].T))
        # A feature that hardly varies there (few samples are missing) gets a floor.
        covariance += np.diag(1e-4 + 1e-3 * np.diag(covariance))
        whitening = np.linalg.inv(np.linalg.cholesky(covariance))
        distance = np.linalg.norm((block - mean) @ whitening.T, axis=1)
        kept = distance <= np.quantile(distance, 0.99)
    far = np.linalg.norm((check - mean) @ whitening.T, axis=1)
    limit = np.quantile(far, 0.999)
    exceeded |= far > limit
    quantiles = ", ".join(f"{100 * q:g} % {np.quantile(far, q):.1f}" for q in (0.5, 0.99, 1))
    print(f"{name}, fold 8: {quantiles}; limit {limit:.1f}")
    floats = np.concatenate([mean, block[kept].std(0), whitening[np.tril_indices(n)]]).astype("<f4")
    lines.append(f"{name} {limit:.4f} {n} " + base64.b64encode(floats.tobytes()).decode())
print("unlike in fold 8: %.4f" % exceeded.mean())

with open(output, "w") as file:
    file.write(
        "/// The table of ``LikenessTable``, made by Tests/MeasurementTests/Training/likeness.py from PTB-XL, folds\n"
        "/// 1 to 8 (CC BY 4.0; Wagner et al., doi:10.13026/x4td-x982).\n")
    file.write('let likenessWeights = """\n')
    for line in lines:
        while len(line) > 110:
            file.write("  " + line[:110] + "\\\n")
            line = line[110:]
        file.write("  " + line + "\n")
    file.write('  """\n')
