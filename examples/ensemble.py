"""A neural ensemble beside bagging: what averaging mends, and what it cannot.

python examples/ensemble.py                        # writes ensemble.html: some minutes
python examples/ensemble.py --members 4 --draws 2  # less
"""

import argparse

import numpy as np
import torch
from sklearn.datasets import load_diabetes
from sklearn.ensemble import BaggingRegressor
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

from harmonium import MLPRegressor
from harmonium.nets import Ensemble, Noisy
from harmonium.nets.ensemble import deviation_of_mean
from harmonium.random import generator
from harmonium.report import Page, Picture, Section, Table, curves, write

COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="ensemble.html")
    options.add_argument("--members", type=int, default=16)
    options.add_argument("--draws", type=int, default=6)
    args = options.parse_args()
    counts = [n for n in COUNTS if n <= args.members]
    table = bagging(counts, draws=args.draws)
    for n, variance, error in table:
        print(f"{n:3} nets: spread {variance:.1f}, root mean square error {error:.1f}")
    page = Page(
        title="Neural ensemble and bagging",
        verdict="Independent noise falls with the root of the number of units; the errors of "
        "bagged nets are correlated, so that they do not.",
        sections=[
            Section("Noisy units", [_UNITS, Picture(draw_units(), "noise by number of units")]),
            Section("Bagged nets", [_NETS, Picture(draw_bagging(table), "error by number of nets"),
                Table(columns=["nets", "spread of a prediction", "rmse"], rows=table,
                    specs={"spread of a prediction": ".1f", "rmse": ".1f"})]),
        ],
    )  # fmt: skip
    print(write(page, args.output))


# --- noisy units -----------------------------------------------------------------------------

_UNITS = (
    "Each unit gives tanh(x) with noise of standard deviation 1. The mean of n units has less: "
    "1 / sqrt(n) if the noise of every unit is its own. What they share stays."
)


def spread(n, correlation):
    """Standard deviation of the noise of n units, measured."""
    x, source = torch.linspace(-1, 1, 2000)[:, None], generator(n)
    own, shared = (1 - correlation) ** 0.5, correlation**0.5
    units = Ensemble([Noisy(nn.Tanh(), own, source=source) for _ in range(n)])
    return float((Noisy(units, shared, source=source)(x) - x.tanh()).std())


def draw_units():
    """Noise of the mean by number of units, measured and by the formula."""
    series = {f"correlation {rho:g}": [spread(n, rho) for n in COUNTS] for rho in (0, 0.05, 0.2)}
    series["formula, .05"] = [deviation_of_mean(n, correlation=0.05) for n in COUNTS]
    return curves(
        series,
        x_label="units, as a power of 2",
        y_label="noise of their mean",
        title="n noisy units",
        log_y=True,
        steps=dict.fromkeys(series, np.log2(COUNTS)),
    )


# --- bagged nets -----------------------------------------------------------------------------

_NETS = (
    "Nets of 20 hidden units learn the progress of diabetes, each from its own draw of the "
    "training rows with replacement. Their mean varies less from one draw to the next, but it "
    "errs by nearly as much: what all nets get wrong together remains."
)


def bagging(counts, *, draws):
    """Number of nets, spread of a test prediction over draws, and error of the mean."""
    x, y = load_diabetes(return_X_y=True, scaled=False)
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.25, random_state=0)
    scaler = StandardScaler().fit(x)
    x, x_test = scaler.transform(x), scaler.transform(x_test)
    members = []
    for seed in range(draws):
        bag = BaggingRegressor(MLPRegressor((20,)), n_estimators=max(counts), random_state=seed)
        members.append([net.predict(x_test) for net in bag.fit(x, y).estimators_])
    each = np.array(members)  # (draws, nets, rows)
    results = []
    for n in counts:
        mean = each[:, :n].mean(1)
        error = np.sqrt(np.square(mean - y_test).mean())
        results.append([n, float(mean.std(0, ddof=1).mean()), float(error)])
    return results


def draw_bagging(table):
    """Spread and error by number of nets."""
    counts, spreads, errors = zip(*table, strict=True)
    series = {"spread of a prediction": spreads, "error": errors}
    return curves(
        series,
        x_label="nets, as a power of 2",
        y_label="progress of diabetes",
        title="n bagged nets",
        log_y=True,
        steps=dict.fromkeys(series, np.log2(counts)),
    )


if __name__ == "__main__":
    main()
