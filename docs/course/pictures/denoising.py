"""Pictures of the page on denoising: digits restored, and filters by the share of noise."""

from pathlib import Path

import torch

from harmonium import Autoencoder
from harmonium.data import Corrupt, mnist_set
from harmonium.report.style import INK, MUTED, blank

HERE = Path(__file__).parent
SHOWN, ROWS, UNITS = 10, 10_000, 200

data = mnist_set()
train, test = (split.flattened().x[:] for split in (data.train, data.test))
labels = data.test.labels.tolist()
places = [labels.index(digit) for digit in range(SHOWN)]


def learned(share, noise="masking"):
    """A tied autoencoder of logistic units that learns from the first rows.

    Decay takes away what is left of the random weights of the start.
    """
    return Autoencoder(
        (UNITS,), activation="logistic", code="activation", tied=True, corruption=share,
        noise=noise, n_epochs=15, batch_size=100, learning_rate=5e-3, weight_decay=0.3,
        random_state=0,
    ).fit(train[:ROWS].numpy())  # fmt: skip


def row(figure, images, *, at, height, limits):
    """A row of pictures of 28 x 28 pixels."""
    for column, image in enumerate(images):
        axes = figure.add_axes((0.2 + 0.079 * column, at, 0.072, height))
        low, high = limits or (-abs(image).max(), abs(image).max())
        colours = "gray_r" if limits else "PuOr_r"
        axes.imshow(image.reshape(28, 28), cmap=colours, vmin=low, vmax=high)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(color="#d8dde3")


def restored():
    """Test digits with random grey values in a quarter of the pixels, and what the net makes."""
    noisy = Corrupt("uniform", 0.25)(test, torch.Generator().manual_seed(0))
    figure = blank(6.4, 2.1)
    nets = {"with noise": (0.25, "uniform"), "without noise": (0.0, "uniform")}
    rows = {"corrupted": noisy.numpy()}
    for name, settings in nets.items():
        model = learned(*settings)
        rows[name] = model.inverse_transform(model.transform(noisy.numpy()))
    for k, (name, images) in enumerate(rows.items()):
        at = 0.68 - 0.325 * k
        error = ((images - test.numpy()) ** 2).sum(1).mean()
        row(figure, images[places], at=at, height=0.245, limits=(0, 1))
        figure.text(0.01, at + 0.15, name, va="center", fontsize=8.5, color=INK, fontweight="bold")
        figure.text(0.01, at + 0.05, f"error {error:.1f}", va="center", fontsize=7.5, color=MUTED)
        print(name, error)
    return figure


def filters():
    """The largest filters after learning with none, half and three quarters masked."""
    figure = blank(6.4, 2.1)
    for k, share in enumerate((0.0, 0.5, 0.75)):
        weights = learned(share).net_.encoder.h1.weight.detach()
        largest = weights.norm(dim=1).argsort(descending=True)[:SHOWN]
        at = 0.68 - 0.325 * k
        row(figure, weights[largest].numpy(), at=at, height=0.245, limits=None)
        figure.text(0.01, at + 0.12, f"{share:.0%} masked", va="center", fontsize=9, color=INK,
                    fontweight="bold")  # fmt: skip
    return figure


restored().savefig(HERE / "denoising.png", dpi=110)
filters().savefig(HERE / "denoising-filters.png", dpi=100)
