"""Loads the model files that FormatsTests writes, as a user of Python would, and prints what it finds as JSON.

Run: python load_formats.py FOLDER
FOLDER holds model.safetensors, detailed_model.pt and detailed_label_binarizer.pkl; the tests write them anew and run
this. load_formats.txt holds what it printed with two sets of versions; only the lines `versions` may differ.
"""
import json, os, pickle, sys, warnings

warnings.simplefilter("ignore")  # of the packages about each other
folder = sys.argv[1]
found, versions = {}, {}

try:
    import torch
except ImportError:
    torch = None
if torch:
    versions["torch"] = torch.__version__
    state = torch.load(os.path.join(folder, "detailed_model.pt"), weights_only=True)
    found["torch"] = {
        "type": type(state).__name__,
        "tensors": [
            [name, str(t.dtype), list(t.shape), list(t.stride()), t.flatten().tolist()] for name, t in state.items()
        ],
    }
    layer = torch.nn.Sequential(torch.nn.Conv1d(2, 3, 2, bias=True), torch.nn.BatchNorm1d(3))
    layer.load_state_dict(state)  # every key, strictly
    found["torch"]["output"] = [round(v, 5) for v in layer.eval()(torch.ones(1, 2, 3)).flatten().tolist()]

try:
    import sklearn
except ImportError:
    sklearn = None
if sklearn:
    import numpy

    versions["scikit-learn"], versions["numpy"] = sklearn.__version__, numpy.__version__
    with open(os.path.join(folder, "detailed_label_binarizer.pkl"), "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("error")  # about another version of scikit-learn, for one
        binarizer = pickle.load(file)
    rows = binarizer.transform([["NORM"], [], ["LAO/LAE", "AFIB"]])
    found["scikit-learn"] = {
        "type": type(binarizer).__module__.split(".")[0] + "." + type(binarizer).__name__,
        "dtype": str(binarizer.classes_.dtype),
        "classes": list(binarizer.classes_),
        "transform": rows.tolist(),
        "inverse": [list(labels) for labels in binarizer.inverse_transform(rows)],
        "refit": list(binarizer.fit([["AFIB"]]).classes_),
    }

try:
    import safetensors.numpy
except ImportError:
    safetensors = None
if safetensors:
    path = os.path.join(folder, "model.safetensors")
    with safetensors.safe_open(path, framework="numpy") as file:
        found["safetensors"] = {
            "metadata": file.metadata(),
            "arrays": [
                [name, list(file.get_tensor(name).shape), file.get_tensor(name).flatten().tolist()]
                for name in sorted(file.keys())
            ],
        }
    versions["safetensors"] = safetensors.__version__

print("versions " + json.dumps(versions, sort_keys=True))
for name in sorted(found):
    print(name + " " + json.dumps(found[name], sort_keys=True))
