"""Pictures of the page on semantic hashing: values behind noise, digits found by their bits."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib import pyplot

from harmonium import SemanticHash
from harmonium.data import digits
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, blank

HERE = Path(__file__).parent
data = digits()
train, test = data.train.double().numpy(), data.test.double().numpy()
labels, truth = data.train_labels.numpy(), data.test_labels.numpy()


def values():
    """Histograms of the values of 32 code units, learned with more and more noise."""
    figure, panels = pyplot.subplots(1, 3, figsize=(WIDTH, 2.1), sharey=True, layout="constrained")
    for axes, std in zip(panels, (0.0, 1.0, 4.0), strict=True):
        model = SemanticHash(n_bits=32, std=std, n_epochs=80, random_state=0).fit(train)
        axes.hist(model.values(test).ravel(), 25, range=(0, 1), color=PALETTE[0], alpha=0.8)
        axes.set_title(f"noise of s.d. {std:g}", fontsize=9, color=INK)
        axes.set(xlabel="value of a unit", yticks=[])
        axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def found():
    """Queries, each with the eight training digits that are nearest by 32 bits."""
    model = SemanticHash(n_bits=32, std=2.0, random_state=0).fit(train)
    queries = [int(np.flatnonzero(truth == k)[1]) for k in (2, 4, 7, 9)]
    distances, rows = model.search(test[queries], k=8)
    figure = blank(6.4, 3.2)
    for line, (query, apart, near) in enumerate(zip(queries, distances, rows, strict=True)):
        pictures = [(test[query], "query", True)]
        pictures += [
            (train[row], f"{bits} bits", labels[row] == truth[query])
            for row, bits in zip(near, apart, strict=True)
        ]
        for column, (picture, word, right) in enumerate(pictures):
            axes = figure.add_axes((0.01 + 0.11 * column, 0.78 - 0.25 * line, 0.095, 0.18))
            axes.imshow(picture.reshape(8, 8), cmap="gray_r", interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set(color="#d8dde3" if right else PALETTE[1], lw=1 if right else 2)
            axes.set_title(word, fontsize=7, color=MUTED, pad=2)
    return figure


values().savefig(HERE / "semantic_hashing.png", dpi=110)
found().savefig(HERE / "semantic_hashing-digits.png", dpi=120)
