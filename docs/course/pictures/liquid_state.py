"""Picture of the page on liquid state machines: the spikes of 135 neurons that read a wave."""

from pathlib import Path

import torch

from harmonium.nets.reservoirs import Liquid
from harmonium.random import seeded
from harmonium.report.style import INK, PALETTE, blank

with seeded(0):
    liquid = Liquid(1, 135, strength=0.5, scale=1.5)
x = torch.sin(torch.arange(60) / 5)[None, :, None]
spikes, states = liquid.spikes(x)[0], liquid(x)[0][0]
inhibits = liquid.recurrent_weight.amin(0) < 0
figure = blank(7.2, 4.2, layout="constrained")
above, middle, below = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": [1, 3, 1]})
above.plot(torch.arange(60) * 10, x[0, :, 0], color=PALETTE[0], drawstyle="steps-post", lw=1.2)
for kind, color in ((~inhibits, INK), (inhibits, PALETTE[1])):
    step, unit = (spikes * kind).nonzero(as_tuple=True)
    middle.plot(step, unit, ".", color=color, ms=1.6)
below.plot(torch.arange(1, 61) * 10, states.mean(1), color=PALETTE[2], lw=1.2)
below.set_xlabel("milliseconds", fontsize=8, color=INK)
for axes, name in ((above, "input"), (middle, "neuron"), (below, "mean state")):
    axes.set_ylabel(name, fontsize=8, color=INK)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
figure.savefig(Path(__file__).parent / "liquid_state.png", dpi=110)
