"""The main job on embedded data: 1297 digits, 100 of them labelled.

    make demo            (or: python examples/digits_dbn.py --out runs/demo)

Pre-trains a deep belief net on all images, fine-tunes it on the labels, and sets it beside the
same net from random weights, a tuned ReLU net, logistic regression on pixels, a support vector
machine and label spreading, over five draws of the labels. Leaves a table, a model that loads, and
one HTML page.
"""

import argparse
import platform
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.semi_supervised import LabelSpreading
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

import harmonium as hm
from harmonium.data import ImageSet, digits, few_labels
from harmonium.random import generator
from harmonium.report import (
    Code,
    Page,
    Picture,
    Section,
    Table,
    bars,
    confusion,
    curves,
    filters,
    images,
    reconstructions,
    write,
)

SIZES = (500, 500)
PER_CLASS = 10


@dataclass
class Job:
    """One draw of the labels: arrays, and what is left without labels."""

    seed: int
    X: NDArray
    y: NDArray
    rest: NDArray


def main() -> None:
    """Runs everything; the out directory is made."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--out", type=Path, default=Path("runs/demo"))
    options.add_argument("--seeds", type=int, default=5)
    args = options.parse_args()
    torch.set_num_threads(1)  # the matrices are small: threads would wait for each other
    threadpool_limits(1)
    console = Console()
    data = digits()
    test, truth = data.test.numpy(), data.test_labels.numpy()
    jobs = [_job(data, seed) for seed in range(args.seeds)]

    scores: dict[str, list[float]] = {name: [] for name in METHODS}
    seconds = dict.fromkeys(METHODS, 0.0)
    models: dict[str, list] = {name: [] for name in METHODS}
    columns = (TextColumn("{task.description:34}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        for name, method in METHODS.items():
            bar = progress.add_task(name, total=len(jobs))
            for job in jobs:
                began = time.perf_counter()
                model = method(job)
                seconds[name] += time.perf_counter() - began
                scores[name].append(float(np.mean(model.predict(test) == truth)))
                models[name].append(model)
                progress.advance(bar)

    summary = {n: (float(np.mean(s)), float(np.std(s, ddof=1))) for n, s in scores.items()}
    _print_table(console, summary, seconds)
    args.out.mkdir(parents=True, exist_ok=True)
    best: hm.DBNClassifier = models[PRETRAINED][0]
    _save_and_reload(best, args.out, test)
    page = _page(data, summary, seconds=seconds, models=models)
    console.print(f"\nreport  {write(page, args.out / 'report.html')}")
    console.print(f"model   {args.out / 'classifier.joblib'}  (joblib.load; trusted files only)")
    console.print(f"machine {args.out / 'machine.safetensors'}  (harmonium.load)")
    console.print(f"{sum(seconds.values()):.0f} s of training in all")


# --- the methods ----------------------------------------------------------------------------


def _job(data: ImageSet, seed: int) -> Job:
    chosen = few_labels(data.train_labels, PER_CLASS, source=generator(seed)).numpy()
    X, y = data.train.numpy(), data.train_labels.numpy()
    return Job(seed, X[chosen], y[chosen], np.delete(X, chosen, axis=0))


def _dbn(job: Job, **settings: int) -> hm.DBNClassifier:
    settings = {"pretrain_epochs": 50, "pretrain_learning_rate": 0.1} | settings
    model = hm.DBNClassifier(SIZES, random_state=job.seed, **settings)
    return model.fit(job.X, job.y, unlabelled=job.rest)


def _tuned(model: object, grid: dict, job: Job) -> GridSearchCV:
    folds = StratifiedKFold(5, shuffle=True, random_state=job.seed)
    return GridSearchCV(model, grid, cv=folds).fit(job.X, job.y)


def _relu(job: Job) -> GridSearchCV:
    net = MLPClassifier(max_iter=300, batch_size=25, random_state=job.seed)
    grid = {"hidden_layer_sizes": [(100,), (200, 200)], "alpha": [1e-3, 1.0]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # loss no longer falls, or 300 epochs
        return _tuned(net, grid, job)


def _logistic(job: Job) -> GridSearchCV:
    return _tuned(LogisticRegression(max_iter=3000), {"C": [0.1, 1.0, 10.0]}, job)


def _svc(job: Job) -> GridSearchCV:
    return _tuned(SVC(), {"C": [1.0, 10.0], "gamma": [0.02, 0.05, 0.1, "scale"]}, job)


def _spreading(job: Job) -> LabelSpreading:
    """The number of neighbours is chosen by five-fold accuracy on the labelled rows."""

    def fitted(kept: NDArray, neighbours: int) -> LabelSpreading:
        y = np.full(len(job.X) + len(job.rest), -1)
        y[kept] = job.y[kept]
        model = LabelSpreading(kernel="knn", n_neighbors=neighbours)
        return model.fit(np.concatenate([job.X, job.rest]), y)

    folds = list(StratifiedKFold(5, shuffle=True, random_state=job.seed).split(job.X, job.y))
    found = {
        k: np.mean([fitted(a, k).transduction_[b] == job.y[b] for a, b in folds])
        for k in (5, 7, 10)
    }
    return fitted(np.arange(len(job.X)), max(found, key=found.get))


PRETRAINED = "deep belief net, pre-trained"
RANDOM = "the same net, random start"
METHODS: dict[str, Callable[[Job], object]] = {
    PRETRAINED: _dbn,
    RANDOM: lambda job: _dbn(job, pretrain_epochs=0),
    "ReLU net, tuned": _relu,
    "logistic regression on pixels": _logistic,
    "SVC, RBF kernel": _svc,
    "label spreading": _spreading,
}


# --- what is left behind --------------------------------------------------------------------


def _print_table(console: Console, summary: dict, seconds: dict) -> None:
    table = RichTable(title="digits, 100 labels of 1297 images: test accuracy on 500")
    table.add_column("method")
    for column in ("mean", "s.d.", "s per fit"):
        table.add_column(column, justify="right")
    for name, (mean, spread) in summary.items():
        table.add_row(name, f"{mean:.1%}", f"{spread:.1%}", f"{seconds[name] / 5:.1f}")
    console.print(table)


def _save_and_reload(model: hm.DBNClassifier, out: Path, test: NDArray) -> None:
    joblib.dump(model, out / "classifier.joblib")
    hm.save(model.machine_, out / "machine.safetensors")
    again = joblib.load(out / "classifier.joblib")
    if not np.array_equal(again.predict_proba(test), model.predict_proba(test)):
        raise RuntimeError("the model that was read back predicts something else")
    machine = hm.load(out / "machine.safetensors")
    x = torch.from_numpy(test)
    if not torch.equal(machine.recognise(x)[-1], model.machine_.recognise(x)[-1]):
        raise RuntimeError("the machine that was read back recognises something else")


@torch.no_grad()
def _page(data: ImageSet, summary: dict, *, seconds: dict, models: dict) -> Page:
    model: hm.DBNClassifier = models[PRETRAINED][0]
    machine = model.machine_
    first, second = (g.connections["v-h"].weight for g in machine.graphs)
    mean, spread = summary[PRETRAINED]
    gain = mean - summary[RANDOM][0]
    leader = max(summary, key=lambda name: summary[name][0])
    verdict = (
        f"Pre-training on all images lifts the net from {summary[RANDOM][0]:.1%} to {mean:.1%} "
        f"({100 * gain:+.1f} points) with 100 labels. Best of all here: {leader}, "
        f"{summary[leader][0]:.1%}."
    )
    rows = [[name, m, s, seconds[name] / len(models[name])] for name, (m, s) in summary.items()]
    table = Table(
        columns=["method", "mean accuracy", "s.d.", "seconds per fit"],
        rows=rows,
        caption="Test accuracy on 500 held-out digits; mean and standard deviation over five "
        "draws of 100 labels. Every method but the deep belief nets was tuned by five-fold "
        "cross-validation on those labels.",
        specs={"mean accuracy": ".1%", "s.d.": ".1%", "seconds per fit": ".1f"},
        best={"mean accuracy": "max"},
    )
    up = machine.recognise(data.test[:20])
    down = up[-1]
    for g in reversed(machine.graphs):
        down = g.units["v"].mean(g.field("v", {"h": down}))
    dreams = machine.generate(60, sweeps=1000, source=generator(1))
    wrong = confusion_matrix(data.test_labels.numpy(), model.predict(data.test.numpy()))
    losses = {
        name: np.array([m.loss_curve_ for m in models[name]]) for name in (PRETRAINED, RANDOM)
    }
    sections = [
        Section(
            "Accuracy",
            [
                table,
                Picture(
                    bars(summary, x_label="test accuracy", title="100 labels", from_zero=False),
                    alt="Accuracy of each method with its standard deviation over five seeds",
                ),
            ],
        ),
        Section(
            "What the layers learned",
            [
                "Weights of the hidden units as pictures, on one signed scale per layer; the "
                "number is the unit's. The second layer's are drawn through the first's.",
                Picture(
                    filters(first, data.shape, count=64, title="first layer"),
                    alt="Sixty-four signed filters of the first layer, eight by eight pixels",
                ),
                Picture(
                    filters(second @ first, data.shape, count=64, title="second layer"),
                    alt="Sixty-four signed filters of the second layer, drawn through the first",
                ),
            ],
        ),
        Section(
            "What the machine remembers and dreams",
            [
                Picture(
                    reconstructions(data.test[:20], down, shape=data.shape, columns=10),
                    alt="Twenty test digits and below each its reconstruction from the top layer",
                    caption="Test digits, and what comes back down from the top layer.",
                ),
                Picture(
                    images(dreams, data.shape, columns=10, title="generated"),
                    alt="Sixty digits generated by the deep belief net",
                    caption="Sixty chains of 1000 sweeps in the top machine, then one pass down; "
                    "nothing here was an input.",
                ),
            ],
        ),
        Section(
            "Learning",
            [
                Picture(
                    curves(losses, y_label="cross-entropy, nats", title="fine-tuning", log_y=True),
                    alt="Training loss in fine-tuning, with and without pre-training",
                    caption="Training cross-entropy by epoch; band: s.d. over five seeds.",
                ),
                Picture(
                    confusion(wrong, data.classes, title="pre-trained net, seed 0"),
                    alt="Confusion matrix of the pre-trained net on the test digits",
                ),
            ],
        ),
        Section(
            "Again",
            [
                Code("make demo", title="command"),
                Code(
                    f"harmonium {hm.__version__}\ntorch {torch.__version__}\n"
                    f"numpy {np.__version__}\nPython {platform.python_version()} "
                    f"on {platform.system()} {platform.machine()}",
                    title="environment",
                ),
            ],
        ),
    ]
    return Page(
        title="Many images, few labels",
        verdict=verdict,
        sections=sections,
        status="good" if gain > spread else "plain",
        subtitle="Deep belief net on scikit-learn's digits: 1297 images, 100 labels",
    )


if __name__ == "__main__":
    main()
