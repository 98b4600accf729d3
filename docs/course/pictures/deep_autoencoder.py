"""Picture of the page on deep autoencoders: digits in the plane, by a deep net and by PCA."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

import harmonium
from harmonium.data import mnist_set
from harmonium.report.style import INK, MUTED, blank

HERE = Path(__file__).parent
RECIPE = HERE.parents[2] / "recipes" / "mnist_deep_autoencoder.yaml"
SHOWN = 1000
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5b6773", "#B8A800",
           "#8a4fbf", "#9c3d2e")  # fmt: skip

data = mnist_set()
train, test = (split.flattened().x[:] for split in (data.train, data.test))
labels = data.test.labels


def deep():
    """The net of the recipe with two hidden layers and a code of two numbers."""
    with tempfile.TemporaryDirectory() as folder:
        run = harmonium.train(
            RECIPE,
            "model.units=[784, 500, 250, {type: gaussian, shape: 2}]",
            "stages.0.layers=[{}, {}, {optimiser: {type: sgd, lr: 1e-3, momentum: 0.5}}]",
            "stages.2.epochs=8",
            "compare=[]",
            "threads=1",
            output=folder,
        )
        return run.net()


def maps():
    """Name -> codes of test rows in two numbers, and the error of what comes back."""
    net, pca = deep(), PCA(2).fit(train.numpy())
    with torch.no_grad():
        codes = net.encode(test)
        back = net.decode(codes)
    flat = pca.transform(test.numpy())
    linear = torch.as_tensor(pca.inverse_transform(flat))
    found = {"deep autoencoder, 784-500-250-2": (codes.numpy(), back), "PCA": (flat, linear)}
    return {name: (c, float((b - test).square().sum(1).mean())) for name, (c, b) in found.items()}


figure = blank(6.4, 3.4)
for k, (name, (codes, error)) in enumerate(maps().items()):
    axes = figure.add_axes((0.01 + 0.5 * k, 0.01, 0.48, 0.84))
    for digit in range(10):
        for x, y in codes[:SHOWN][(labels[:SHOWN] == digit).numpy()]:
            axes.text(
                x,
                y,
                str(digit),
                color=COLOURS[digit],
                fontsize=5,
                ha="center",
                va="center",
                clip_on=True,
            )
    (left, low), (right, high) = np.quantile(codes[:SHOWN], [0.002, 0.998], axis=0)
    axes.set(xticks=[], yticks=[], xlim=(left, right), ylim=(low, high))
    axes.spines[:].set(color="#d8dde3")
    nearest = KNeighborsClassifier(5).fit(codes[:5000], labels[:5000])
    wrong = 1 - nearest.score(codes[5000:], labels[5000:])
    figure.text(0.01 + 0.5 * k, 0.94, name, fontsize=9, color=INK, fontweight="bold")
    words = f"squared error of a digit {error:.1f}; 5 neighbours wrong {wrong:.1%}"
    figure.text(0.01 + 0.5 * k, 0.885, words, fontsize=7, color=MUTED)
    print(name, error, wrong)
figure.savefig(HERE / "deep_autoencoder.png", dpi=130)
