"""What estimators reach with all defaults, and the time of a fit over that of former defaults.

    python benchmarks/defaults.py                    # both tables; many minutes of one core
    python benchmarks/defaults.py reach              # accuracy and likelihood on many tables
    python benchmarks/defaults.py time               # ratios of processor time, in one run
    python benchmarks/defaults.py time --before DIR  # over an older version, whose src/ is DIR

Accuracy is that of a logistic regression on the features (of a classifier, its own); beside it
the same on the data themselves. The former defaults are settings of this version, in single
precision, or all defaults of an older one. Fits take turns, each in a process of its own, on one
thread; the medians of their processor seconds are compared. A tiny fit goes before, since torch
takes two seconds to import what its first optimiser needs.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from harmonium import DBM, RBM, ClassificationRBM, DBNClassifier

WIDTHS = (10, 60, 100, 300, 617, 2000)
LIKELIHOOD = 700
"""Columns up to which a likelihood is estimated."""
FORMER: dict[str, dict[str, Any]] = {
    "RBM": {"learning_rate": 0.05, "n_epochs": 100},
    "DBM": {"learning_rate": 0.05, "n_epochs": 100},
    "DBNClassifier": {
        "pretrain_epochs": 300,
        "pretrain_learning_rate": 0.05,
        "n_epochs": 300,
        "learning_rate": 1e-3,
    },
}
"""Where they differ from the present ones."""
MACHINES: dict[str, Any] = {"RBM": RBM, "DBM": DBM, "DBNClassifier": DBNClassifier}

Table = tuple[NDArray, NDArray]


def main() -> None:
    """Prints the tables."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("which", nargs="?", choices=["reach", "time"])
    options.add_argument("--before", help="src folder of an older version")
    options.add_argument("--repeats", type=int, default=3, help="fits of each, for times")
    options.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    args = options.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    if args.one:
        print(json.dumps(one(*args.one)))
        return
    if args.which != "time":
        reach()
    if args.which != "reach":
        times(before=args.before, repeats=args.repeats)


# --- tables ----------------------------------------------------------------------------------


def wide(columns: int, rows: int = 1500, *, seed: int = 0) -> Table:
    """26 classes about as many factors, and noise: like spoken letters."""
    r = np.random.default_rng(seed)
    y = r.integers(26, size=rows)
    z = r.normal(size=(26, 30))[y] * 1.2 + r.normal(size=(rows, 30))
    loads = r.normal(size=(30, columns)) * np.exp(-np.arange(30) / 12)[:, None]
    return standardised(z @ loads * 2 / np.sqrt(30) + r.normal(size=(rows, columns))), y


def standardised(x: NDArray) -> NDArray:
    """Columns of mean 0 and deviation 1; constant ones of 0."""
    deviation = x.std(0)
    return (x - x.mean(0)) / np.where(deviation > 0, deviation, 1)


def pictures(height: int, width: int) -> Table:
    """Digits of 8 x 8, drawn larger by bilinear interpolation, black and white."""
    found = load_digits()
    small = torch.from_numpy(found.images)[:, None]
    large = torch.nn.functional.interpolate(small, (height, width), mode="bilinear")
    return (large.flatten(1).numpy() > 7).astype(float), found.target


def tables() -> dict[str, Table]:
    """Name -> rows and labels."""
    cancer, digits = load_breast_cancer(), load_digits()
    x, y = standardised(cancer.data), cancer.target
    still = np.tile([3.0, 0.0], (len(x), 1))
    found = {
        "digits, grey": (digits.data / 16, digits.target),
        "digits, binary": ((digits.data > 7).astype(float), digits.target),
        "breast cancer, standardised": (x, y),
        "the same, each column ten times": (np.repeat(x, 10, axis=1), y),
        "the same with two constant columns": (np.hstack([x, still]), y),
        "exp(2 x), standardised: heavy tails": (standardised(np.exp(2 * x)), y),
    }
    return found | {f"random, {columns} columns": wide(columns) for columns in WIDTHS}


# --- what is reached -------------------------------------------------------------------------


def reach() -> None:
    """Fresh fits with all defaults."""
    print("| data | of the data | RBM | DBNClassifier | ClassificationRBM | held-out nats |")
    print("|---|---|---|---|---|---|")
    for name, (x, y) in tables().items():
        a, b, s, t = train_test_split(x, y, test_size=0.33, random_state=0)
        rbm = RBM(random_state=0).fit(a)
        nats = f"{rbm.score(b):.2f}" if x.shape[1] <= LIKELIHOOD else ""
        figures = [
            told(a, s, b, t),
            told(rbm.transform(a), s, rbm.transform(b), t),
            DBNClassifier(random_state=0).fit(a, s).score(b, t),
            ClassificationRBM(random_state=0).fit(a, s).score(b, t),
        ]
        print(f"| {name} | {' | '.join(f'{x:.3f}' for x in figures)} | {nats} |", flush=True)


def told(a: NDArray, s: NDArray, b: NDArray, t: NDArray) -> float:
    """Accuracy of a logistic regression."""
    return float(LogisticRegression(max_iter=2000).fit(a, s).score(b, t))


# --- how long it takes -----------------------------------------------------------------------

RACES: dict[str, tuple[str, int, Callable[[], Table]]] = {
    "1000 x 300, real": ("RBM", 1000, lambda: wide(300)),
    "1000 x 300, binary": ("RBM DBNClassifier", 1000, lambda: pictures(20, 15)),
    "982 x 320, binary": ("DBM", 982, lambda: pictures(20, 16)),
}
"""Name -> estimators, rows that are fitted, the table."""


def times(*, before: str | None, repeats: int) -> None:
    """Ratios, and what each side reached."""
    print("| data | estimator | time / former | accuracy (former) | held-out nats (former) |")
    print("|---|---|---|---|---|")
    for name, (machines, _, _) in RACES.items():
        for machine in machines.split():
            sides: dict[str, list[dict[str, float]]] = {"present": [], "former": []}
            for i in range(repeats):
                for side, found in sides.items():  # equal seeds: one verdict is enough
                    task = (name, machine, side, "" if i else "judged")
                    found.append(child(*task, before=before))
            now, then = (
                statistics.median(f["seconds"] for f in found) for found in sides.values()
            )
            figures = [
                f"{present:.{digits}f} ({former:.{digits}f})"
                for key, digits in (("accuracy", 3), ("nats", 2))
                for present, former in [(found[0].get(key, math.nan) for found in sides.values())]
            ]
            print(f"| {name} | {machine} | {now / then:.2f} | {' | '.join(figures)} |", flush=True)


def child(*task: str, before: str | None) -> dict[str, float]:
    """One fit in a process of its own."""
    name, machine, side, judged = task
    settings = dict(os.environ, OMP_NUM_THREADS="1")
    if before and side == "former":
        settings["PYTHONPATH"], side = before, "present"  # all defaults, of that version
    command = [sys.executable, __file__, "--one", name, machine, side, judged]
    done = subprocess.run(command, env=settings, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def one(name: str, machine: str, side: str, judged: str) -> dict[str, float]:
    """Processor seconds of a fit; accuracy, and nats (of a deep machine its bound), held out."""
    _, rows, table = RACES[name]
    x, y = table()
    a, s, b, t = x[:rows], y[:rows], x[rows:], y[rows:]
    MACHINES[machine]((2,) if machine != "RBM" else 2, n_epochs=1).fit(a[:60], s[:60])
    model = MACHINES[machine](random_state=0, **(FORMER[machine] if side == "former" else {}))
    began = time.process_time()
    model.fit(a, s)
    found = {"seconds": time.process_time() - began}
    if not judged:
        return found
    if machine == "DBNClassifier":
        return found | {"accuracy": model.score(b, t)}
    reached = told(model.transform(a), s, model.transform(b), t)
    return found | {"accuracy": reached, "nats": float(model.score(b))}


if __name__ == "__main__":
    main()
