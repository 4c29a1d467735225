"""What the code cells of the notebook call: the frames of ECGBook's `dataset` cell with pandas, its figures with matplotlib."""

import ast
import html
import io

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import HTML, display

matplotlib.rcParams["svg.fonttype"] = "none"
SUPERCLASSES = {"NORM": "normal ECG", "MI": "myocardial infarction", "STTC": "ST/T change", "CD": "conduction disturbance",
                "HYP": "hypertrophy"}


class Site:
    """The tables of a data set in PTB-XL's layout, and which record has which label of a set."""

    def __init__(self, folder, labels, likelihood):
        self.records = pd.read_csv(f"{folder}/ptbxl_database.csv")
        self.statements = pd.read_csv(f"{folder}/scp_statements.csv", index_col=0)
        column = {"superclass": "diagnostic_class", "subclass": "diagnostic_subclass"}.get(labels)
        flag = "diagnostic" if column else labels
        kept = self.statements[self.statements[flag] == 1]
        label_of = kept[column].to_dict() if column else {code: code for code in kept.index}
        self.names = sorted(set(label_of.values()))
        self.meanings = {
            name: SUPERCLASSES[name] if labels == "superclass"
            else ", ".join(code for code in label_of if label_of[code] == name) if column
            else self.statements.loc[name, "description"]
            for name in self.names}
        codes = self.records.scp_codes.map(ast.literal_eval)
        diagnostic = set(self.statements.index[self.statements.diagnostic == 1])
        found = codes.map(lambda c: {
            label_of.get(x) for x, p in c.items() if not (column and x in diagnostic and 0 < p < likelihood)})
        has = pd.DataFrame({name: found.map(lambda f: name in f) for name in self.names})
        self.labelled = self.records[has.any(axis=1)]
        self.has = has[has.any(axis=1)]

    def frame(self, name):
        return getattr(self, name.replace("-", "_"))()

    def labels(self):
        def counts(keep):
            return [int(self.has.loc[keep, name].sum()) for name in self.names]

        fold = self.labelled.strat_fold
        total = counts(fold > 0)
        return pd.DataFrame({
            "Label": self.names, "Meaning": [self.meanings[n] for n in self.names], "Records": total,
            "Share": [n / max(1, len(self.labelled)) for n in total], "Training": counts(fold <= 8),
            "Validation": counts(fold == 9), "Test": counts(fold == 10)})

    def folds(self):
        groups = self.records.groupby("strat_fold")
        numbers = sorted(groups.groups)
        uses = ["training" if n <= 8 else "validation" if n == 9 else "test" for n in numbers]
        return pd.DataFrame({
            "Fold": numbers, "Use": uses, "Records": [len(groups.get_group(n)) for n in numbers],
            "Patients": [groups.get_group(n).patient_id.nunique() for n in numbers],
            "With a label": [int((self.labelled.strat_fold == n).sum()) for n in numbers]})

    def label_folds(self):
        numbers = sorted(self.records.strat_fold.unique())
        columns = {f"Fold {n}": [int(self.has.loc[self.labelled.strat_fold == n, x].sum()) for x in self.names] for n in numbers}
        return pd.DataFrame({"Label": self.names, **columns})

    def ages(self):
        starts = list(range(0, 90, 5))
        age, sex = self.records.age, self.records.sex  # 0 male, 1 female; an age of 300 stands for over 89
        count = lambda s: [int(((sex == s) & (age >= a) & (age < a + 5) & (age <= 89)).sum()) for a in starts]
        return pd.DataFrame({"Age from": starts, "Women": count(1), "Men": count(0)})

    def sexes(self):
        counts = self.records.sex.map({0: "men", 1: "women"}).fillna("unknown").value_counts()
        rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return pd.DataFrame({"Sex": [n for n, _ in rows], "Records": [int(c) for _, c in rows]})

    def co_occurrence(self):
        columns = {b: [int((self.has[a] & self.has[b]).sum()) for a in self.names] for b in self.names}
        return pd.DataFrame({"Label": self.names, **columns})


def show(frame, ident, caption):
    """A table with its caption."""
    shown = frame.style.hide(axis="index").set_caption(caption).set_uuid(ident)
    if "Share" in frame:
        shown = shown.format({"Share": "{:.1%}"})
    display(HTML(f'<a id="{ident}"></a>' + shown.to_html()))


def draw(kind, frame, ident, width, caption):
    """A figure as SVG with its caption; width in millimetres."""
    names = frame.columns[0]
    rows = len(frame)
    height = {"ages": 2.4, "bars": 0.4 + 0.22 * rows, "label-counts": 0.6 + 0.3 * rows}.get(kind, 0.8 + 0.28 * rows)
    figure, axes = plt.subplots(figsize=(width / 25.4, height), layout="constrained")
    if kind == "ages":
        axes.bar(frame["Age from"] + 1.4, frame["Women"], width=2, label="women")
        axes.bar(frame["Age from"] + 3.6, frame["Men"], width=2, label="men")
        axes.set(xlabel="Age in years", ylabel="Records")
        axes.legend()
    elif kind == "bars":
        bars = axes.barh(frame[names], frame["Records"])
        axes.bar_label(bars)
        axes.invert_yaxis()
        axes.set(xlabel="Records")
    else:
        counts = frame.drop(columns=names)
        axes.imshow(counts, cmap="Blues", aspect="auto")
        axes.set_xticks(range(len(counts.columns)), counts.columns, rotation=90)
        axes.set_yticks(range(rows), frame[names])
        for i in range(rows):
            for j in range(len(counts.columns)):
                axes.text(j, i, counts.iat[i, j], ha="center", va="center", fontsize=7)
    text = io.StringIO()
    figure.savefig(text, format="svg")
    plt.close(figure)
    svg = text.getvalue()
    display(HTML(f'<figure id="{ident}">{svg[svg.index("<svg"):]}<figcaption>{html.escape(caption)}</figcaption></figure>'))
