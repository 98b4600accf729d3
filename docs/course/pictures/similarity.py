"""Picture of the page on similarity: test digits in the plane, by four codes of two numbers."""

from pathlib import Path

import torch
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from harmonium import Autoencoder, NeighbourhoodComponents
from harmonium.data import digits_set
from harmonium.learning.neighbours import neighbour_error
from harmonium.report.style import INK, PALETTE, blank

HERE = Path(__file__).parent
COLOURS = (*PALETTE, "#7f4fc9", "#8c564b")

data = digits_set()
x, test = (split.flattened().x[:].numpy() for split in (data.train, data.test))
y, truth = data.train.labels, data.test.labels
net = {"n_components": 2, "n_epochs": 400, "random_state": 0}
models = {
    "PCA": PCA(2),
    "autoencoder 64-200-2": Autoencoder((200, 2), n_epochs=100, random_state=0),
    "linear NCA": make_pipeline(PCA(40), NeighbourhoodComponents(**net)),
    "NCA of a net 64-200-2": NeighbourhoodComponents((200,), learning_rate=0.003, **net),
}
figure = blank(6.6, 6.7)
for k, (name, model) in enumerate(models.items()):
    model.fit(x, y.numpy())
    codes, of_test = (torch.from_numpy(model.transform(rows)).double() for rows in (x, test))
    error = neighbour_error((codes, y), (of_test, truth), k=5)
    print(f"{name}: {error:.1%}")
    axes = figure.add_axes((0.01 + 0.5 * (k % 2), 0.5 - 0.49 * (k // 2), 0.48, 0.45))
    low, high = (of_test.quantile(q, 0) for q in (0.005, 0.995))
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xticks=[], yticks=[])
    axes.spines[:].set(color="#d8dde3")
    for (across, up), label in zip(of_test.tolist(), truth.tolist(), strict=True):
        axes.text(across, up, str(label), fontsize=6, color=COLOURS[label], ha="center",
                  va="center", clip_on=True)  # fmt: skip
    axes.set_title(f"{name}: {error:.1%} wrong", fontsize=8.5, color=INK, pad=4)
figure.savefig(HERE / "similarity.png", dpi=100)
