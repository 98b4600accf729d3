"""Pictures of the page on maps of codes: digits by two numbers of PCA and of an autoencoder."""

from pathlib import Path

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

from harmonium import Autoencoder
from harmonium.data.known import digits_set
from harmonium.report.style import INK, PALETTE, blank

HERE = Path(__file__).parent

data = digits_set()
train, test = (split.flattened().x[:].numpy() for split in (data.train, data.test))
labels = data.test.labels.numpy()


def same(places):
    """Share of the five nearest test digits that are of the same class."""
    near = NearestNeighbors(n_neighbors=6).fit(places).kneighbors(places, return_distance=False)
    return float((labels[near[:, 1:]] == labels[:, None]).mean())


def maps():
    """Four maps of the same 500 test digits."""
    pca = PCA(2).fit(train)
    net = Autoencoder((100, 50, 2), n_epochs=400, learning_rate=3e-3, random_state=0).fit(train)
    wide = Autoencoder((100, 10), n_epochs=100, learning_rate=3e-3, random_state=0).fit(train)
    codes = wide.transform(test)
    found = {
        "PCA, 2 numbers": pca.transform(test),
        "autoencoder 64-100-50-2": net.transform(test),
        "PCA of 10 numbers of an autoencoder": PCA(2).fit_transform(codes),
        "t-SNE of the same 10 numbers": TSNE(init="pca", random_state=0).fit_transform(codes),
    }
    errors = [
        ((model.inverse_transform(model.transform(test)) - test) ** 2).mean()
        for model in (pca, net)
    ]
    print(f"error from two numbers: PCA {errors[0]:.4f}, autoencoder {errors[1]:.4f}")
    print(f"same class: pixels {same(test):.1%}, 10 numbers {same(codes):.1%}")
    return found


def sheet(found):
    """Four panels, each digit as itself."""
    figure = blank(6.6, 6.3)
    for panel, (name, places) in enumerate(found.items()):
        row, column = divmod(panel, 2)
        axes = figure.add_axes((0.03 + 0.5 * column, 0.52 - 0.49 * row, 0.45, 0.42))
        low, high = np.percentile(places, [1, 99], axis=0)
        room = 0.06 * (high - low)
        for (x, y), label in zip(places, labels, strict=True):
            axes.text(x, y, str(label), color=PALETTE[label % len(PALETTE)], fontsize=6,
                      ha="center", va="center", clip_on=True)  # fmt: skip
        axes.set(xlim=(low[0] - room[0], high[0] + room[0]), xticks=[], yticks=[])
        axes.set(ylim=(low[1] - room[1], high[1] + room[1]))
        axes.spines[:].set(color="#d8dde3")
        title = f"{name}: {same(places):.0%}"
        axes.set_title(title, fontsize=8.5, color=INK, loc="left")
        print(f"{name}: {same(places):.1%}")
    return figure


torch.set_num_threads(1)
sheet(maps()).savefig(HERE / "code_maps.png", dpi=110)
