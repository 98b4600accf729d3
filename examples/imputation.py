"""Hide a part of the pixels, learn from what is left, fill the holes: an RBM beside simple ways.

    python examples/imputation.py                 # scikit-learn's digits; a table, imputation.html
    python examples/imputation.py --data mnist    # found in $HARMONIUM_DATA

Every entry of the binarised training rows is hidden with the same probability. The machine never
sees a filled-in value as data: ``RBM.fit`` takes NaN and climbs the likelihood of what was
observed; ``RBM.impute`` gives E[hidden | observed]. Beside it the means of what was observed of a
column, and the mean of the five nearest rows (scikit-learn's SimpleImputer and KNNImputer).

Errors are on the hidden entries only: wrong bits (of a guess at .5), mean squared error, and
cross-entropy in nats with probabilities clipped to [.005, .995].
"""

import argparse
import time

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import KNNImputer, SimpleImputer

import harmonium as hm
from harmonium.data import digits, mnist
from harmonium.report.page import Page, Picture, Section, write
from harmonium.report.pictures import images
from harmonium.report.style import DASHES, MARKERS, PALETTE, above, chart
from harmonium.report.tables import Table

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)
CLIP = 0.005
MEASURES = ("wrong bits", "squared error", "cross-entropy")


def main() -> None:
    """Prints a Markdown table and writes a page."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--data", choices=["digits", "mnist"], default="digits")
    options.add_argument("--rows", type=int, default=2000, help="at most so many training rows")
    options.add_argument("--hidden", type=int, default=200)
    options.add_argument("--epochs", type=int, default=300)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--page", default="imputation.html")
    args = options.parse_args()
    x, side = rows(args.data, args.rows)
    print("| hidden | filled by | " + " | ".join(MEASURES) + " | seconds |")
    print("|---|---|---|---|---|---|")
    found: dict[tuple[float, str], NDArray] = {}
    shown = {}
    for share in SHARES:
        trials = [one(x, share=share, seed=s, settings=args) for s in range(args.seeds)]
        for method in trials[0]:
            figures = np.array([trial[method][1] for trial in trials])
            found[share, method] = figures
            pairs = zip(figures.mean(0), spread(figures), strict=True)
            cells = [f"{m:.4f} +- {s:.4f}" for m, s in pairs][:3]
            seconds = figures[:, 3].mean()
            print(f"| {share:.0%} | {method} | {' | '.join(cells)} | {seconds:.1f} |", flush=True)
        shown[share] = {method: filled for method, (filled, _) in trials[0].items()}
    path = write(page(args.data, found, x=x, shown=shown, side=side), args.page)
    print(f"\n{path}")


def rows(name: str, most: int) -> tuple[NDArray, int]:
    """Binarised training rows and the side of a picture."""
    data = digits() if name == "digits" else mnist()
    x = data.train[:most].flatten(1)
    return (x > 0.5).numpy().astype(np.float32), round(x.shape[1] ** 0.5)


def one(x: NDArray, *, share: float, seed: int, settings: argparse.Namespace) -> dict:
    """Method -> (filled rows, its three errors and seconds)."""
    hidden = np.random.default_rng(seed).random(x.shape) < share
    gaps = np.where(hidden, np.nan, x)
    machine = hm.RBM(
        settings.hidden,
        n_epochs=settings.epochs,
        learning_rate=0.3,
        weight_decay=1e-3,
        random_state=seed,
    )
    ways = {
        "column means": SimpleImputer(keep_empty_features=True).fit_transform,
        "5 nearest rows": KNNImputer(keep_empty_features=True).fit_transform,
        "RBM": lambda given: machine.fit(given).impute(given),
    }
    found = {}
    for method, fill in ways.items():
        began = time.process_time()
        filled = fill(gaps)
        found[method] = filled, [*errors(x[hidden], filled[hidden]), time.process_time() - began]
    return found


def errors(truth: NDArray, p: NDArray) -> list[float]:
    """Share of wrong bits, mean squared error and cross-entropy in nats."""
    q = p.clip(CLIP, 1 - CLIP)
    nats = -np.where(truth > 0.5, np.log(q), np.log(1 - q))
    return [
        float(np.mean((p > 0.5) != truth)),
        float(np.mean((p - truth) ** 2)),
        float(nats.mean()),
    ]


def spread(figures: NDArray) -> NDArray:
    """Standard deviation over the seeds."""
    return figures.std(0, ddof=1) if len(figures) > 1 else np.zeros(figures.shape[1])


def curves(found: dict, *, measure: int):  # noqa: ANN201
    """One line a method, over the hidden share."""
    figure, axes = chart(4.6, 3.2, title=f"{MEASURES[measure]} of hidden entries")
    for k, method in enumerate(dict.fromkeys(method for _, method in found)):
        y = np.array([found[share, method][:, measure] for share in SHARES])
        style = {
            "color": PALETTE[k],
            "linestyle": DASHES[k],
            "marker": MARKERS[k],
            "markersize": 4,
        }
        axes.errorbar(SHARES, y.mean(1), y.std(1), label=method, **style)
    axes.set(xlabel="share of hidden entries", ylim=(0, None))
    axes.legend(**above())
    return figure


def page(name: str, found: dict, *, x: NDArray, shown: dict, side: int) -> Page:
    """Curves, pictures of filled rows, and the table."""
    columns = ["hidden", "filled by", *MEASURES]
    table = [
        [f"{share:.0%}", method, *map(tuple, np.c_[f.mean(0), spread(f)][:3])]
        for (share, method), f in found.items()
    ]
    pictures = [
        Picture(curves(found, measure=m), alt=f"{MEASURES[m]} over the hidden share")
        for m in (0, 2)
    ]
    share = SHARES[-1]
    tiles = [("the rows themselves", x), *shown[share].items()]
    for method, filled in tiles:
        figure = images(filled[:30], (side, side), columns=10, title=method)
        pictures.append(Picture(figure, alt=f"30 rows, {method}, {share:.0%} hidden"))
    rbm, near = (found[share, m][:, 0].mean() for m in ("RBM", "5 nearest rows"))
    return Page(
        title=f"Filling holes: {name}",
        verdict=f"{share:.0%} hidden: {rbm:.1%} of bits wrong by RBM, {near:.1%} by nearest rows",
        sections=[
            Section("Errors", pictures[:2]),
            Section(f"Filled rows, {share:.0%} hidden", pictures[2:]),
            Section("Figures", [Table(columns=columns, rows=table)]),
        ],
    )


if __name__ == "__main__":
    main()
