"""Pictures of the page on sparse codes: the filters that a recipe learns, and how rates form."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from harmonium import train
from harmonium.describe.builtin import find
from harmonium.learning.frequencies import tuning
from harmonium.report.evidence import Evidence
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, above, blank, chart

HERE = Path(__file__).parent
PLAIN = "train.penalties=[{type: weights, strength: 1e-4}]"
UNITS = 25


def learned(*overrides):
    """Filters ``(25, 8, 8)``, codes of the training patches, and the loss by epoch."""
    with TemporaryDirectory() as folder:
        run = train(find("patches_sparse"), *overrides, output=folder)
        evidence = Evidence(run)
        evidence.read_data()
        net, x = run.machine(0), evidence.data.train.x
        with torch.no_grad():
            codes = net.encode(x)
        weights = net.encoder[0].weight.detach()
        return weights.reshape(-1, 8, 8), codes, [row for row in run.metrics() if "epoch" in row]


def sheet(parts):
    """The filters of both nets side by side: the strongest first."""
    figure = blank(6.6, 3.3)
    for place, (name, filters) in enumerate(parts.items()):
        order = filters.flatten(1).norm(dim=1).argsort(descending=True)
        tiles = [filters[k].numpy() / float(filters[k].abs().max()) for k in order]
        white = np.full((45, 45), np.nan)
        for k, tile in enumerate(tiles):
            row, column = divmod(k, 5)
            white[9 * row : 9 * row + 8, 9 * column : 9 * column + 8] = tile
        axes = figure.add_axes((0.02 + 0.5 * place, 0.02, 0.46, 0.86))
        axes.imshow(white[:44, :44], cmap="PuOr_r", vmin=-1, vmax=1, interpolation="nearest")
        axes.set_axis_off()
        axes.set_title(name, fontsize=9, color=INK, fontweight="bold")
    return figure


def rates(parts):
    """How often a value of the code has some size, with and without the penalty."""
    figure, axes = chart(WIDTH, 2.7, title="Values of the code on 10 000 patches")
    edges = np.linspace(0, 1, 41)
    for colour, (name, codes) in zip(PALETTE, parts.items(), strict=False):
        counts, _ = np.histogram(codes.numpy().ravel(), edges)
        label = f"{name}: mean {float(codes.mean()):.3f}"
        axes.stairs(counts / counts.sum(), edges, color=colour, lw=1.4, label=label)
    axes.set(xlabel="value", ylabel="share of the values", yscale="log", ylim=(1e-6, 1.3))
    axes.tick_params(colors=MUTED)
    axes.legend(**above())
    return figure


sparse, codes, rows = learned()
plain, loose, _ = learned(PLAIN)
for name, filters, h in (("sparse", sparse, codes), ("plain", plain, loose)):
    tuned = int((tuning(filters) >= 0.75).sum())
    print(f"{name}: mean {float(h.mean()):.4f}, {tuned} of {UNITS} filters tuned")
print(f"cost {rows[-1]['train/cost']:.3f}")
sheet({"rate 0.01": sparse, "no target": plain}).savefig(HERE / "sparse.png", dpi=130)
rates({"rate 0.01": codes, "no target": loose}).savefig(HERE / "sparse-values.png", dpi=150)
