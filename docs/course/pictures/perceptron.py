"""Pictures of the page on the perceptron: its line after every mistake, still and moving."""

from pathlib import Path

import torch

from harmonium.data import gate
from harmonium.learning import ErrorCorrection
from harmonium.nets import Perceptron
from harmonium.report import animated, strip
from harmonium.report.areas import areas, frame_of, grid

HERE = Path(__file__).parent


def path(name, passes):
    """A frame at the start, and one after each mistake."""
    rows, net = gate(name).train, Perceptron(2, 2)
    frame = frame_of(rows.x)
    points = torch.from_numpy(grid(frame)).float()
    rule = ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=1.0))
    frames = []
    for k in range(-1, 4 * passes):
        row = slice(k % 4, k % 4 + 1)
        if k >= 0 and not rule.step({"x": rows.x[row], "y": rows.y[row]})["mistakes"]:
            continue
        on, mistakes = net.decide(points), int(rule.mistakes)
        title = f"{name.upper()}, mistake {mistakes}"
        frames.append(areas(rows.x, rows.y, decided=on, frame=frame, title=title,
            names=("x1", "x2")))  # fmt: skip
    return frames


learned = path("and", 6)
strip(learned, count=9).savefig(HERE / "perceptron.png", dpi=150)
(HERE / "perceptron-moving.png").write_bytes(animated([*learned, *path("xor", 4)], ms=400))
