"""Makes Sources/Measurement/Quality/ArrangementWeights.swift: how plausible a beat is for electrodes in their places.

    ECGBOOK_TRAINING=FOLDER make test           # writes profiles.f32 and records.csv (QualityTraining.swift)
    python arrangement.py FOLDER OUTPUT.swift   # numpy, torch; a minute on one core

One function f of a profile is learned: for a recording x and arrangements M_h (the identity first), softmax over h of
f(M_h^-1 x) shall give the identity. Folds 1 to 7 train; fold 8 prints what a threshold would find and raise falsely.
"""

import base64, csv, sys
import numpy as np, torch

torch.set_num_threads(1)
torch.manual_seed(0)
folder, output = sys.argv[1:3]
PIECES = 26
X = torch.tensor(np.fromfile(f"{folder}/profiles.f32", np.float32).reshape(-1, 8, PIECES))
records = list(csv.DictReader(open(f"{folder}/records.csv")))
fold = np.array([int(r["fold"]) for r in records])
noisy = np.array([r["noisy"] == "1" for r in records])
whole = ~torch.isnan(X).any(2).any(1).numpy()


def limb(order):  # the limbs that the electrodes RA, LA, LL lie on: observed I and II of true I and II
    seen = {"R": np.array([0, 0.0]), "L": np.array([1, 0.0]), "F": np.array([0, 1.0])}
    r, l, f = (seen[c] for c in order)
    return np.stack([l - r, f - r])


def arrangement(limbs=None, chest=None, sign=1):
    m = np.eye(8)
    if limbs is not None:
        m[:2, :2] = limbs
    if chest is not None:
        m[2:, 2:] = np.eye(6)[[c - 1 for c in chest]]
    return m * sign


ARRANGEMENTS = {
    "correct": arrangement(),
    "LA/RA": arrangement(limb("LRF")), "LA/LL": arrangement(limb("RFL")), "RA/LL": arrangement(limb("FLR")),
    "rotated": arrangement(limb("LFR")), "rotated back": arrangement(limb("FRL")),
    "V1/V2": arrangement(chest=[2, 1, 3, 4, 5, 6]), "V2/V3": arrangement(chest=[1, 3, 2, 4, 5, 6]),
    "V3/V4": arrangement(chest=[1, 2, 4, 3, 5, 6]), "V4/V5": arrangement(chest=[1, 2, 3, 5, 4, 6]),
    "V5/V6": arrangement(chest=[1, 2, 3, 4, 6, 5]), "V1/V3": arrangement(chest=[3, 2, 1, 4, 5, 6]),
    "V2/V4": arrangement(chest=[1, 4, 3, 2, 5, 6]), "V1/V6": arrangement(chest=[6, 2, 3, 4, 5, 1]),
    "V1-V6 reversed": arrangement(chest=[6, 5, 4, 3, 2, 1]), "V1-V3 rotated": arrangement(chest=[2, 3, 1, 4, 5, 6]),
    "V1-V3 rotated back": arrangement(chest=[3, 1, 2, 4, 5, 6]), "inverted": arrangement(sign=-1),
}
M = torch.tensor(np.stack(list(ARRANGEMENTS.values())), dtype=torch.float32)
INVERSE = torch.linalg.inv(M)


def normalized(x):  # as ArrangementModel.normalized
    a, b = x[..., 0, :], x[..., 1, :]
    limbs = ((a * a + b * b + (b - a) ** 2).mean(-1) + 1e-6).sqrt()
    chest = ((x[..., 2:, :] ** 2).mean((-1, -2)) + 1e-6).sqrt()
    z = torch.cat([x[..., :2, :] / limbs[..., None, None], x[..., 2:, :] / chest[..., None, None]], -2)
    return torch.cat([z.flatten(-2), torch.log(limbs / chest)[..., None]], -1)


net = torch.nn.Sequential(
    torch.nn.Linear(8 * PIECES + 1, 48), torch.nn.ReLU(), torch.nn.Dropout(0.1),
    torch.nn.Linear(48, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))


def scores(x):
    return net(normalized(torch.einsum("hij,bjt->bhit", INVERSE, x))).squeeze(-1)


EPOCHS, BATCH = 60, 256
train = torch.tensor(np.where(whole & (fold <= 7))[0])
optimizer = torch.optim.AdamW(net.parameters(), weight_decay=0.05)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=EPOCHS * (len(train) // BATCH))
for epoch in range(EPOCHS):
    net.train()
    order = train[torch.randperm(len(train))]
    for i in range(0, len(order) - BATCH + 1, BATCH):
        x = X[order[i : i + BATCH]]
        x = x + 0.01 * torch.randn_like(x)
        loss = torch.nn.functional.cross_entropy(scores(x), torch.zeros(len(x), dtype=torch.long))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
net.eval()

# Weights become signed bytes with a scale per unit; the bias of a unit is one of them.
lines = []
with torch.no_grad():
    for layer in (m for m in net if isinstance(m, torch.nn.Linear)):
        lines.append("layer")
        rows = torch.cat([layer.weight, layer.bias[:, None]], 1)
        scale = rows.abs().amax(1, keepdim=True) / 127
        rounded = (rows / scale).round()
        layer.weight.copy_((rounded * scale)[:, :-1])
        layer.bias.copy_((rounded * scale)[:, -1])
        for s, row in zip(scale[:, 0].tolist(), rounded.to(torch.int8).numpy()):
            lines.append(f"{s:.9g} " + base64.b64encode(row.tobytes()).decode())

    valid = torch.tensor(np.where(whole & (fold == 8) & ~noisy)[0])
    def odds(x):
        s = torch.cat([scores(part) for part in x.split(256)])
        return (s[:, 1:].amax(1) - s[:, 0]).numpy()
    untouched = odds(X[valid])
    for threshold in (1.0, 1.5, 2.0, 2.5, 3.0):
        print(f"threshold {threshold}: raised falsely {np.mean(untouched > threshold):.4f}", end=";")
        for k, name in enumerate(ARRANGEMENTS):
            if k:
                print(f" {name} {np.mean(odds(torch.einsum('ij,bjt->bit', M[k], X[valid])) > threshold):.3f}", end="")
        print()

with open(output, "w") as file:
    file.write(
        "/// The table of ``ArrangementModel``, made by Tests/MeasurementTests/Training/arrangement.py from PTB-XL,\n"
        "/// folds 1 to 7 (CC BY 4.0; Wagner et al., doi:10.13026/x4td-x982).\n")
    file.write('let arrangementWeights = """\n')
    for line in lines:
        while len(line) > 110:
            file.write("  " + line[:110] + "\\\n")
            line = line[110:]
        file.write("  " + line + "\n")
    file.write('  """\n')
