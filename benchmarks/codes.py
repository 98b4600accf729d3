"""Autoencoders beside PCA, ICA and NMF with codes of equal size, on four data sets.

    python benchmarks/codes.py                       # four tables; benchmarks/out/codes.json
    python benchmarks/codes.py --only diabetes --seeds 1
    python benchmarks/codes.py --only mnist --rows 5000      # a first look

All are fitted to the same training rows. "error" is the mean squared error per value of test rows
given back from their codes (on MNIST summed over the pixels of an image), "share" its share of
their variance. The other figure says what the codes are good for without the net. Seeds are those
of the methods; PCA has none. Times are of one processor thread: fit, and codes of the test rows.
NMF is left out where values are negative. MNIST is read from $HARMONIUM_DATA.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from harmonium import Autoencoder
from harmonium.baselines import ica, nmf
from harmonium.data import diabetes_set
from harmonium.data.known import digits_set, letters_set, mnist_set

HERE = Path(__file__).parent
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Task:
    """A data set, the size of its codes, and the settings of its nets.

    Args:
        size: k, the numbers of a code.
        hidden: units of the hidden layers of the deep autoencoder's encoder.
        nets: settings of all autoencoders.
        judge: codes and targets of training rows, then of test rows -> a figure of the codes.
        judged: what that figure is.
        linear_rate: learning rate of the linear autoencoder.
        summed: whether errors are summed over the values of a row.
        nmf_iterations: of NMF, at most.
    """

    size: int
    hidden: tuple[int, ...]
    nets: dict[str, Any]
    judge: Callable[[Array, Array, Array, Array], float]
    judged: str
    linear_rate: float = 1e-2
    summed: bool = False
    nmf_iterations: int = 500


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", choices=[*TASKS])
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--rows", type=int, help="training rows, at most")
    options.add_argument("--out", type=Path, default=HERE / "out" / "codes.json")
    args = options.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")  # scikit-learn's has not converged
    found = {}
    for name in [args.only] if args.only else [*TASKS]:
        found[name] = compared(name, seeds=args.seeds, rows=args.rows)
        table(name, found[name])
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(found, indent=1))


def compared(name: str, *, seeds: int, rows: int | None) -> dict[str, list[dict[str, float]]]:
    """Method -> its figures by seed."""
    task = TASKS[name]
    x, y, x_test, y_test = data_of(name, rows)
    found: dict[str, list[dict[str, float]]] = {}
    for method, make in methods(task, x).items():
        kind = np.float32 if method.startswith("autoencoder") else np.float64
        seen, seen_test = x.astype(kind), x_test.astype(kind)
        for seed in range(1 if method == "PCA" else seeds):
            began = time.process_time()
            model = make(seed)
            codes = model.transform(seen_test)
            spent = time.process_time() - began
            gap = ((model.inverse_transform(codes) - x_test) ** 2).sum(1)
            share = gap.sum() / ((x_test - x_test.mean(0)) ** 2).sum()
            figures = {
                "error": float(gap.mean() / (1 if task.summed else x.shape[1])),
                "share": float(share),
                "judged": task.judge(model.transform(seen), y, codes, y_test),
                "seconds": spent,
            }
            found.setdefault(method, []).append(figures)
    return found


def methods(task: Task, x: Array) -> dict[str, Callable[[int], Any]]:
    """Name -> from a seed to a reduction that is fitted to rows ``(N, D)``."""
    k, nets, deep = task.size, task.nets, (*task.hidden, task.size)
    wide = x.astype(np.float64)
    found: dict[str, Callable[[int], Any]] = {
        "PCA": lambda seed: PCA(k, random_state=seed).fit(wide),
        "ICA": lambda seed: ica.fitted(wide, k, seed=seed),
        "NMF": lambda seed: nmf.fitted(wide, k, seed=seed, max_iter=task.nmf_iterations),
        "autoencoder, linear": lambda seed: Autoencoder(
            (k,),
            **{
                **nets,
                "activation": "identity",
                "outputs": "values",
                "learning_rate": task.linear_rate,
            },
            random_state=seed,
        ).fit(x),
        "autoencoder, deep": lambda seed: Autoencoder(deep, **nets, random_state=seed).fit(x),
        "autoencoder, denoising": lambda seed: Autoencoder(
            deep, corruption=0.2, **nets, random_state=seed
        ).fit(x),
    }
    return {n: make for n, make in found.items() if n != "NMF" or x.min() >= 0}


def data_of(name: str, rows: int | None) -> tuple[Array, Array, Array, Array]:
    """Training rows with labels or targets, then test rows, flat, float32."""
    data = READERS[name]()
    found = []
    for split in (data.train, data.test):
        assert split is not None
        known = split.targets if split.labels is None else split.labels
        x = split.flattened().batch(slice(rows if split is data.train else None))["x"]
        found += [x.numpy().astype(np.float32), known[: len(x)].numpy().squeeze()]
    if name == "diabetes":
        scaler = StandardScaler().fit(found[0])
        found[0], found[2] = scaler.transform(found[0]), scaler.transform(found[2])
    return found[0], found[1], found[2], found[3]


def table(name: str, found: dict[str, list[dict[str, float]]]) -> None:
    """Prints means over seeds, with standard deviations, as a table of Markdown."""
    task, seeds = TASKS[name], max(map(len, found.values()))
    what = "error of a row" if task.summed else "error of a value"
    print(f"\n{name}, {task.size} numbers, seeds: {seeds}\n")
    print(f"| method | {what} | share | {task.judged} | seconds |\n|---|---|---|---|---|")
    for method, rows in found.items():
        cells = []
        for key, form in (
            ("error", ".4g"),
            ("share", ".1%"),
            ("judged", ".1%"),
            ("seconds", ".3g"),
        ):
            values = [row[key] for row in rows]
            spread = f" +- {format(np.std(values, ddof=1), form)}" if len(values) > 1 else ""
            cells.append(format(np.mean(values), form) + spread * (key in ("error", "judged")))
        print(f"| {method} | {' | '.join(cells)} |")


def nearest(codes: Array, y: Array, others: Array, truth: Array) -> float:
    """Error of the five nearest training codes."""
    return 1 - float(KNeighborsClassifier(5, algorithm="brute").fit(codes, y).score(others, truth))


def linear(codes: Array, y: Array, others: Array, truth: Array) -> float:
    """Accuracy of logistic regression on codes of a common spread."""
    scale = codes.std() or 1.0
    model = LogisticRegression(C=1.0, max_iter=5000).fit(codes / scale, y)
    return float(model.score(others / scale, truth))


def explained(codes: Array, y: Array, others: Array, truth: Array) -> float:
    """Share of the target's variance that linear regression on codes explains."""
    return float(LinearRegression().fit(codes, y).score(others, truth))


TASKS = {
    "mnist": Task(
        30,
        (400, 150),
        {"n_epochs": 15, "batch_size": 200},
        nearest,
        "kNN error on codes",
        linear_rate=3e-3,
        summed=True,
        nmf_iterations=200,
    ),
    "digits": Task(
        10,
        (100,),
        {"n_epochs": 100, "learning_rate": 3e-3},
        linear,
        "logistic regression on codes",
    ),
    "letters": Task(20, (200,), {"n_epochs": 60}, nearest, "kNN error on codes"),
    "diabetes": Task(
        3,
        (20,),
        {"activation": "tanh", "outputs": "values", "learning_rate": 3e-3},
        explained,
        "R2 of linear regression on codes",
    ),
}

READERS = {
    "diabetes": diabetes_set,
    "digits": digits_set,
    "letters": letters_set,
    "mnist": mnist_set,
}

if __name__ == "__main__":
    main()
