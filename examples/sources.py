"""A Gaussian RBM takes two mixed sources apart: scatter, density and features, beside the truth.

    python examples/sources.py                    # a table, and sources.html
    python examples/sources.py --source uniform   # light tails instead of heavy ones

Two independent Laplace sources are mixed by a shear and whitened, so that no covariance tells the
mixing directions any more. An RBM of Gaussian visible and binary hidden units is a mixture of
Gaussians whose centres b + W^T h are sums of the features W_j: of heavy-tailed sources they lie
along the mixing directions. FastICA, made for this, stands beside it.

Log-likelihoods are in nats per test row: by enumeration of the hidden states, and with log Z from
annealed importance sampling.
"""

import argparse

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.decomposition import FastICA

import harmonium as hm
from harmonium.data import Batches
from harmonium.learning import PCD, Learner, fit, linear_decay, start_from
from harmonium.random import generator, seeded
from harmonium.report.page import Page, Picture, Section, write
from harmonium.report.style import MUTED, PALETTE, chart
from harmonium.report.tables import Table

ROWS, HIDDEN, EPOCHS, SPAN = 20_000, 8, 300, 4.5
SHEAR = np.array([[1.0, 0.6], [0.2, 1.0]])


def main() -> None:
    """Prints a Markdown table and writes a page."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--source", choices=["laplace", "uniform"], default="laplace")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--page", default="sources.html")
    args = options.parse_args()
    rows = []
    print("| seed | Gaussian | RBM, exact | RBM, AIS | true density | angle | FastICA angle |")
    print("|---|---|---|---|---|---|---|")
    for seed in range(args.seeds):
        x, test, mixing = mixed(args.source, seed=seed)
        graph = learned(x, seed=seed)
        found = scores(graph, test, base=x, seed=seed)
        angle = angle_error(directions(graph), mixing)
        ica = angle_error(FastICA(random_state=seed).fit(x.numpy()).mixing_.T, mixing)
        truth = float(true_density(args.source, test, mixing=mixing).mean())
        row = [seed, gaussian(test, x), *found, truth, angle, ica]
        rows.append(row)
        figures = " | ".join(f"{value:.4f}" for value in row[1:5])
        print(f"| {seed} | {figures} | {angle:.1f} | {ica:.1f} |", flush=True)
        if seed == 0:
            first = picture(graph, x, mixing=mixing)
    path = write(page(args.source, rows, first), args.page)
    print(f"\n{path}")


def mixed(source: str, *, seed: int) -> tuple[torch.Tensor, torch.Tensor, NDArray]:
    """Whitened training and test rows ``(N, 2)``, and the mixing directions, one a row."""
    draws = np.random.default_rng(seed)
    size = (2 * ROWS, 2)
    unit = np.sqrt(3)
    s = draws.laplace(scale=0.5**0.5, size=size)
    if source == "uniform":
        s = draws.uniform(-unit, unit, size=size)
    x = s @ SHEAR
    values, vectors = np.linalg.eigh(np.cov(x[:ROWS].T))
    whiten = vectors / np.sqrt(values) @ vectors.T
    rows = torch.from_numpy((x - x[:ROWS].mean(0)) @ whiten).float()
    return rows[:ROWS], rows[ROWS:], SHEAR @ whiten


def learned(x: torch.Tensor, *, seed: int, epochs: int = EPOCHS) -> hm.EnergyGraph:
    """A Gaussian RBM of the rows, by persistent contrastive divergence.

    Near zero weights it is the Gaussian that fits best, a saddle that takes long to leave: so it
    starts from large features that are rarely on, around a somewhat narrower Gaussian.
    """
    with seeded(seed):
        graph = hm.rbm(hm.Gaussian(2), HIDDEN, std=1.0)
    start_from(graph, {"v": x})
    with torch.no_grad():
        graph.units["h"].bias.fill_(-3.0)
        graph.units["v"].log_precision.add_(0.3)
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.5)
    source = generator(seed)
    learner = Learner(graph, optimiser, contrast=PCD(chains=1000), source=source)
    batches = Batches(x, size=1000, source=source)
    fit(
        lambda rows: learner.step({"v": rows}),
        batches,
        epochs=epochs,
        schedules=[linear_decay(optimiser, epochs * len(batches))],
    )
    return graph


def scores(
    graph: hm.EnergyGraph, x: torch.Tensor, *, base: torch.Tensor, seed: int
) -> list[float]:
    """Mean log-likelihood of rows, by enumeration and by annealed importance sampling."""
    with torch.no_grad():
        free = float(-graph.free_energy({"v": x}, ("h",)).double().mean())
    means = {"v": base.mean(0)}
    found = hm.ais(graph, betas=1000, chains=1000, base=means, source=generator(seed))
    return [free - float(hm.exact.log_partition(graph)), free - float(found.log_z)]


def directions(graph: hm.EnergyGraph) -> NDArray:
    """Where each hidden unit moves the visible mean, one row each ``(H, 2)``."""
    weight = graph.connections["v-h"].weight.detach().double()
    return (weight / graph.units["v"].log_precision.detach().double().exp()).numpy()


def angle_error(found: NDArray, mixing: NDArray) -> float:
    """Mean angle in degrees from each mixing direction to the nearest feature."""
    a = found / np.linalg.norm(found, axis=1, keepdims=True)
    b = mixing / np.linalg.norm(mixing, axis=1, keepdims=True)
    cosines = np.abs(b @ a.T).max(1).clip(0, 1)
    return float(np.degrees(np.arccos(cosines)).mean())


def gaussian(test: torch.Tensor, train: torch.Tensor) -> float:
    """Mean log-density under the Gaussian fitted by moments."""
    density = torch.distributions.MultivariateNormal(train.mean(0), torch.cov(train.T))
    return float(density.log_prob(test).mean())


def true_density(source: str, x: torch.Tensor, *, mixing: NDArray) -> torch.Tensor:
    """log p of the rows under the sources that made them."""
    s = x.double() @ torch.from_numpy(np.linalg.inv(mixing))
    scale = 0.5**0.5
    alone = -s.abs() / scale - np.log(2 * scale)
    if source == "uniform":
        alone = torch.where(s.abs() <= 3**0.5 + 0.05, -np.log(2 * 3**0.5), -np.inf)
    return alone.sum(1) - np.log(abs(np.linalg.det(mixing)))


def picture(graph: hm.EnergyGraph, x: torch.Tensor, *, mixing: NDArray):  # noqa: ANN201
    """Rows, contours of the model's density, features as arrows, mixing directions dashed."""
    figure, axes = chart(4.6, 4.6, title="two sources taken apart")
    axes.scatter(*x[:3000].T.numpy(), s=2, color=PALETTE[5], alpha=0.5, linewidths=0)
    line = torch.linspace(-SPAN, SPAN, 121)
    grid = torch.cartesian_prod(line, line)
    with torch.no_grad():
        log_p = -graph.free_energy({"v": grid}, ("h",)) - float(hm.exact.log_partition(graph))
    z = log_p.reshape(121, 121).T.numpy()
    axes.contour(
        line, line, z, levels=np.arange(-9, 0, 1.0), colors=MUTED, linewidths=0.6, linestyles="-"
    )
    for way in mixing / np.linalg.norm(mixing, axis=1, keepdims=True):
        axes.plot(*np.outer([-1, 1], SPAN * way).T, color=PALETTE[1], linestyle=(0, (5, 2)))
    bias = graph.units["v"].mean(graph.field("v", {"h": torch.zeros(1, HIDDEN)}))[0].detach()
    for arrow in directions(graph):
        style = {"arrowstyle": "->", "color": PALETTE[0], "linewidth": 1.8}
        axes.annotate("", bias.numpy() + arrow, bias.numpy(), arrowprops=style)
    axes.set(
        xlim=(-SPAN, SPAN), ylim=(-SPAN, SPAN), aspect="equal", xlabel="$x_1$", ylabel="$x_2$"
    )
    return figure


def page(source: str, rows: list, figure) -> Page:  # noqa: ANN001
    """The table and the picture."""
    columns = ["seed", "Gaussian", "RBM, exact", "RBM, AIS", "true density", "angle", "FastICA"]
    specs = dict.fromkeys(columns[1:5], ".4f") | dict.fromkeys(columns[5:], ".1f")
    angles = ", ".join(f"{row[5]:.1f}" for row in rows)
    alt = "scatter of two mixed sources, density contours, features along the mixing directions"
    caption = (
        "Rows in blue, density of the RBM in grey (one line a nat), features as arrows from the "
        "visible mean at h = 0; dashed: the true mixing directions."
    )
    return Page(
        title=f"Two {source} sources",
        verdict=f"features lie {angles} degrees from the mixing directions",
        sections=[
            Section(
                "Nats per test row, and degrees", [Table(columns=columns, rows=rows, specs=specs)]
            ),
            Section("What was learned", [Picture(figure, alt=alt, caption=caption)]),
        ],
    )


if __name__ == "__main__":
    main()
