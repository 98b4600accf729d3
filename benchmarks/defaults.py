"""What estimators reach with all defaults, and how long they take.

    python benchmarks/defaults.py            # a Markdown table; minutes of one core

Each line is one fresh fit. Accuracy is that of a logistic regression on the features; beside it
the same on the data themselves. To compare two versions run it with each on PYTHONPATH.
"""

import time
import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from harmonium import RBM, DBNClassifier

WIDTHS = (10, 60, 300, 617, 2000)
LIKELIHOOD = 700
"""Columns up to which a likelihood is estimated."""

Table = tuple[NDArray, NDArray]


def wide(columns: int, *, seed: int = 0) -> Table:
    """26 classes about as many factors, and noise: like spoken letters."""
    r = np.random.default_rng(seed)
    y = r.integers(26, size=1500)
    z = r.normal(size=(26, 30))[y] * 1.2 + r.normal(size=(1500, 30))
    loads = r.normal(size=(30, columns)) * np.exp(-np.arange(30) / 12)[:, None]
    return standardised(z @ loads * 2 / np.sqrt(30) + r.normal(size=(1500, columns))), y


def standardised(x: NDArray) -> NDArray:
    """Columns of mean 0 and deviation 1."""
    return (x - x.mean(0)) / x.std(0)


def tables() -> dict[str, Table]:
    """Name -> rows and labels."""
    cancer, digits = load_breast_cancer(), load_digits()
    found = {
        "digits, grey": (digits.data / 16, digits.target),
        "digits, binary": ((digits.data > 7).astype(float), digits.target),
        "breast cancer, standardised": (standardised(cancer.data), cancer.target),
    }
    return found | {f"random, {columns} columns": wide(columns) for columns in WIDTHS}


def main() -> None:
    """Prints the table."""
    warnings.simplefilter("ignore")
    print("| data | estimator | seconds | accuracy | of the data | held-out nats |")
    print("|---|---|---|---|---|---|")
    for name, (x, y) in tables().items():
        a, b, s, t = train_test_split(x, y, test_size=0.33, random_state=0)
        plain = LogisticRegression(max_iter=2000).fit(a, s).score(b, t)
        began = time.process_time()
        rbm = RBM(random_state=0).fit(a)
        spent = time.process_time() - began
        features = LogisticRegression(max_iter=2000).fit(rbm.transform(a), s)
        nats = f"{rbm.score(b):.2f}" if x.shape[1] <= LIKELIHOOD else ""
        reached = features.score(rbm.transform(b), t)
        print(f"| {name} | RBM | {spent:.1f} | {reached:.3f} | {plain:.3f} | {nats} |", flush=True)
        began = time.process_time()
        net = DBNClassifier(random_state=0).fit(a, s)
        spent = time.process_time() - began
        print(
            f"| | DBNClassifier | {spent:.1f} | {net.score(b, t):.3f} | {plain:.3f} | |",
            flush=True,
        )


if __name__ == "__main__":
    main()
