"""Picture of the page on contractive codes: singular values of the Jacobian of the code."""

from pathlib import Path

import torch

from harmonium import Autoencoder
from harmonium.data import mnist_set
from harmonium.report.style import PALETTE, WIDTH, above, chart

HERE = Path(__file__).parent
ROWS, LOOKED_AT, UNITS = 10_000, 200, 200

data = mnist_set()
train, test = (split.flattened().x[:] for split in (data.train, data.test))


def learned(**settings):
    """A tied autoencoder of logistic units that learns from the first rows."""
    return Autoencoder(
        (UNITS,), activation="logistic", code="activation", tied=True, n_epochs=15,
        batch_size=100, learning_rate=2e-3, random_state=0, **settings,
    ).fit(train[:ROWS].numpy())  # fmt: skip


def spectrum(model):
    """Mean singular values of the Jacobian over some test rows, the largest first."""
    layer = model.net_.encoder.h1
    with torch.no_grad():
        h = layer(test[:LOOKED_AT]).sigmoid()
        jacobians = (h * (1 - h))[:, :, None] * layer.weight
        return torch.linalg.svdvals(jacobians).mean(0)


figure, axes = chart(WIDTH, 2.9, title="In how many directions the code moves")
for colour, (name, settings) in zip(
    PALETTE,
    {
        "no penalty": {},
        "noise, 25 % masked": {"corruption": 0.25},
        "contractive, 0.1": {"penalty": "contractive", "penalty_strength": 0.1},
        "contractive, 1": {"penalty": "contractive", "penalty_strength": 1.0},
    }.items(),
    strict=False,
):
    model = learned(**settings)
    values = spectrum(model)
    axes.plot(range(1, len(values) + 1), values, color=colour, lw=1.4, label=name)
    norm, error = float(values.square().sum()), -784 * model.score(test.numpy())
    print(f"{name}: squared norm {norm:.2f}, largest {values[0]:.2f}, error {error:.2f}")
axes.set(xlabel="singular value of the Jacobian, the largest first", ylabel="mean over digits",
         yscale="log", ylim=(1e-3, None))  # fmt: skip
axes.legend(**above())
figure.savefig(HERE / "contractive.png", dpi=150)
