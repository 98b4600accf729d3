"""Pictures of the page on McCulloch and Pitts' neuron: where gates are on."""

from pathlib import Path

import torch

from harmonium.data import gate as table
from harmonium.nets.threshold import gate, xor
from harmonium.report import strip
from harmonium.report.areas import areas, frame_of, grid

HERE = Path(__file__).parent


def drawn(name, net):
    rows = table(name).train
    frame = frame_of(rows.x)
    on = net(torch.from_numpy(grid(frame)).float()).flatten()
    return areas(rows.x, rows.y, decided=on, frame=frame, title=name.upper(), names=("x1", "x2"))


strip([drawn("and", gate("and")), drawn("or", gate("or")), drawn("xor", xor())]).savefig(
    HERE / "mcculloch_pitts.png", dpi=150
)
