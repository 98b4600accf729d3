"""Pictures of the page on autoencoders: digits given back, and filters of a sparse code."""

from pathlib import Path

import torch
from sklearn.decomposition import PCA

from harmonium import Autoencoder
from harmonium.data.known import digits_set
from harmonium.report.style import INK, MUTED, blank

HERE = Path(__file__).parent
SHOWN, CODE = 10, 10

data = digits_set()
train, test = (split.flattened().x[:].numpy() for split in (data.train, data.test))
labels = data.test.labels.tolist()
places = [labels.index(digit) for digit in range(SHOWN)]


def row(figure, images, *, at, height, limits):
    """A row of pictures of 8 x 8 pixels."""
    for column, image in enumerate(images):
        axes = figure.add_axes((0.2 + 0.079 * column, at, 0.072, height))
        low, high = limits or (-abs(image).max(), abs(image).max())
        colours = "gray_r" if limits else "PuOr_r"
        axes.imshow(
            image.reshape(8, 8), cmap=colours, vmin=low, vmax=high, interpolation="nearest"
        )
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(color="#d8dde3")


def restored():
    """Test digits, given back by an autoencoder and by PCA from ten numbers each."""
    net = Autoencoder((100, CODE), n_epochs=100, learning_rate=3e-3, random_state=0).fit(train)
    pca = PCA(CODE).fit(train)
    figure = blank(6.4, 2.1)
    for k, (name, back) in enumerate(
        [
            ("digits", test),
            ("autoencoder", net.inverse_transform(net.transform(test))),
            ("PCA", pca.inverse_transform(pca.transform(test))),
        ]
    ):
        at = 0.68 - 0.325 * k
        row(figure, back[places], at=at, height=0.245, limits=(0, 1))
        figure.text(0.01, at + 0.15, name, va="center", fontsize=9, color=INK, fontweight="bold")
        if k:
            error = f"error {((back - test) ** 2).mean():.4f}".replace("0.", ".")
            figure.text(0.01, at + 0.05, error, va="center", fontsize=7.5, color=MUTED)
    return figure


def sparse():
    """Filters of 200 units of which ten are kept, beside those of 200 units without constraint."""
    figure = blank(6.4, 1.5)
    for k, (name, kept) in enumerate([("no constraint", None), ("ten kept", 10)]):
        net = Autoencoder(
            (200,), tied=True, kept=kept, n_epochs=100, learning_rate=3e-3, random_state=0
        ).fit(train)
        weights = net.net_.encoder.h1.weight.detach()
        most = torch.argsort(torch.as_tensor(net.transform(train)).std(0), descending=True)
        at = 0.54 - 0.49 * k
        row(figure, weights[most[:SHOWN]].numpy(), at=at, height=0.36, limits=None)
        figure.text(0.01, at + 0.2, name, va="center", fontsize=9, color=INK, fontweight="bold")
        error = f"error {-net.score(test):.4f}".replace("0.", ".")
        figure.text(0.01, at + 0.06, error, va="center", fontsize=7.5, color=MUTED)
        print(name, -net.score(test))
    return figure


restored().savefig(HERE / "autoencoder.png", dpi=150)
sparse().savefig(HERE / "autoencoder-sparse.png", dpi=150)
