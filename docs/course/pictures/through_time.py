"""Picture of the page on gradients through time: norms by lag."""

from pathlib import Path

import torch
from through_time import by_lag, layers

from harmonium.report.lines import curves

HERE = Path(__file__).parent

torch.set_num_threads(1)

lines = {name: by_lag(layer)[:41] for name, layer in layers().items()}
figure = curves(
    lines,
    steps=dict.fromkeys(lines, range(41)),
    x_label="steps back",
    y_label="norm of the gradient, relative",
    log_y=True,
)
figure.savefig(HERE / "through_time.png", dpi=110)
