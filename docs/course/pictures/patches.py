"""Picture of the page on patches: whitening, and features laid over a photograph."""

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_sample_image

from harmonium import SparseFeatures
from harmonium.data import Whiten
from harmonium.data.patches import patches_of
from harmonium.nets import Convolved
from harmonium.report.style import INK, MUTED, blank

HERE = Path(__file__).parent
SIDE, SHOWN, FEATURES = 8, 12, 25

photograph = load_sample_image("flower.jpg").mean(2).astype(np.float32) / 255
photograph = photograph[:426].reshape(213, 2, 320, 2).mean((1, 3))  # half the size
rows = patches_of(photograph, (SIDE, SIDE), count=20_000, source=np.random.default_rng(0))
rows = rows.reshape(len(rows), -1)

white = Whiten(epsilon=0.005).fit(torch.from_numpy(rows), (SIDE, SIDE))(torch.from_numpy(rows))
model = SparseFeatures(FEATURES, target_rate=0.03, n_epochs=150, random_state=0).fit(rows)
layer = Convolved(
    torch.from_numpy(model.components_), torch.from_numpy(model.intercept_), shape=(SIDE, SIDE)
)
with torch.no_grad():
    maps = layer(torch.from_numpy(photograph)[None, None])[0]
print(f"maps {tuple(maps.shape)}, mean {float(maps.mean()):.3f}")

figure = blank(6.6, 3.9)


def tile(picture, place, *, most=None):
    """One picture at a place of the figure: grey, or signed around white."""
    axes = figure.add_axes(place)
    paint = {"cmap": "gray"} if most is None else {"cmap": "PuOr_r", "vmin": -most, "vmax": most}
    axes.imshow(picture, interpolation="nearest", **paint)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color="#d8dde3")
    return axes


clear = np.argsort(-rows.std(1))[: 40 * SHOWN : 40]
for k, row in enumerate(clear):
    for line, values in enumerate((rows[row], white[row].numpy())):
        place = (0.135 + 0.0715 * k, 0.875 - 0.115 * line, 0.066, 0.105)
        most = None if line == 0 else abs(values).max()
        tile(values.reshape(SIDE, SIDE), place, most=most)
for line, word in enumerate(("patches", "whitened")):
    figure.text(0.01, 0.925 - 0.115 * line, word, va="center", fontsize=8, color=INK)

order = maps.flatten(1).std(1).argsort(descending=True)[:5]
tile(photograph, (0.01, 0.385, 0.32, 0.33))
figure.text(0.01, 0.725, "a photograph", fontsize=8, color=INK)
for place, unit in enumerate(order.tolist()):
    column, line = (place + 1) % 3, (place + 1) // 3
    left, bottom = 0.01 + 0.335 * column, 0.385 - 0.38 * line
    tile(1 - maps[unit], (left, bottom, 0.32, 0.33))
    weights = model.components_[unit].reshape(SIDE, SIDE)
    tile(weights, (left + 0.005, bottom + 0.01, 0.06, 0.1), most=abs(weights).max())
    figure.text(left, bottom + 0.34, f"feature {place + 1}", fontsize=7.5, color=MUTED)
figure.savefig(HERE / "patches.png", dpi=104)
