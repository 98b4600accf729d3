"""Picture of the page on echo state networks: starts that are forgotten, and memory by lag."""

from pathlib import Path

import torch

from harmonium.nets.reservoirs import EchoState
from harmonium.random import generator, normal, seeded, uniform
from harmonium.report.style import INK, PALETTE, blank

figure = blank(7.2, 2.7, layout="constrained")
left, right = figure.subplots(1, 2)
x = 0.1 * normal(torch.zeros(1, 200, 2, dtype=torch.float64), generator(1))
starts = normal(torch.zeros(2, 100, dtype=torch.float64), generator(2)).tanh()
for k, radius in enumerate((0.6, 0.9, 3.0)):
    with seeded(0):
        layer = EchoState(2, 100, radius=radius, bias=0.0).double()
    one, other = (layer(x, (start[None],))[0] for start in starts)
    left.semilogy((one - other).norm(dim=2)[0], color=PALETTE[k], lw=1.4, label=f"radius {radius}")
left.set_ylim(1e-16, 1e2)
left.set_xlabel("step", fontsize=8, color=INK)
left.set_ylabel("distance of two starts", fontsize=8, color=INK)

u = 2 * uniform(torch.zeros(1, 6300, 1, dtype=torch.float64), generator(5)) - 1
lags = range(1, 41)
for k, (radius, scale) in enumerate(((0.9, 0.01), (0.6, 0.01), (0.9, 2.0))):
    with seeded(0):
        layer = EchoState(1, 20, radius=radius, scale=scale, bias=0.0).double()
    h = layer(u)[0][0, 300:]
    basis = torch.linalg.qr(h - h.mean(0)).Q
    past = torch.stack([u[0, 300 - d : 6300 - d, 0] for d in lags], 1)
    past = past - past.mean(0)
    share = (basis.mT @ past).square().sum(0) / past.square().sum(0)
    label = f"radius {radius}, scale {scale}: {float(share.sum()):.0f}"
    right.plot(lags, share, color=PALETTE[k], lw=1.4, label=label)
right.set_xlabel("steps ago", fontsize=8, color=INK)
right.set_ylabel("share recalled by 20 units", fontsize=8, color=INK)
for axes in (left, right):
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=7, frameon=False)
figure.savefig(Path(__file__).parent / "echo_state.png", dpi=110)
