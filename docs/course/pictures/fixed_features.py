"""Picture of the page on fixed features: a sine fitted by bumps and by random units."""

from pathlib import Path

import torch

from harmonium.learning import Ridge
from harmonium.nets import ExtremeLearningMachine, RadialBasisNet
from harmonium.random import seeded
from harmonium.report.style import MUTED, PALETTE, blank

source = torch.Generator().manual_seed(0)
x = 6.3 * torch.rand(25, 1, generator=source)
y = x.sin() + 0.15 * torch.randn(25, 1, generator=source)
grid = torch.linspace(0, 6.3, 300)[:, None]
with seeded(0):
    random = ExtremeLearningMachine([1, 40, 1], outputs="values", scale=2.0)
radial = RadialBasisNet([1, 12, 1], outputs="values", width=0.7)
figure = blank(8, 4, layout="constrained")
axes = figure.subplots(2, 2, sharex=True)
for column, (name, net) in enumerate({"radial bumps": radial, "random units": random}.items()):
    net.prepare(x, torch.Generator().manual_seed(1))
    Ridge(net, strength=0.05).step({"x": x, "y": y})
    with torch.no_grad():
        fit, features = net(grid), net.features(grid)
    above, below = axes[:, column]
    above.plot(grid, grid.sin(), color=MUTED, linestyle="--", label="sine")
    above.plot(grid, fit, color=PALETTE[0], label="fit")
    above.plot(x, y, "o", color=PALETTE[1], markersize=3, label="rows")
    above.set_title(name, fontsize=9, loc="left")
    above.legend(fontsize=7, frameon=False)
    below.plot(grid, features[:, :12], linewidth=0.8)
    below.set_ylabel("features", fontsize=8)
    for part in (above, below):
        part.spines[["top", "right"]].set_visible(False)
        part.tick_params(labelsize=7)
figure.savefig(Path(__file__).parent / "fixed_features.png", dpi=90)
