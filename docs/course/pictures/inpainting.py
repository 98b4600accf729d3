"""Picture of the page on inpainting: faces with a hole, filled by a net and by a neighbour."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from harmonium.apply import Trained
from harmonium.data.crops import Cutout
from harmonium.judges.inpainting import nearest_known
from harmonium.report.pictures import strips
from harmonium.training import train

SHOWN = 10

with TemporaryDirectory() as folder:
    run = train("frey_inpainting", output=folder)
    print(run.results["trials"][0]["methods"])
    used = Trained(run)
    data, model = used.dataset(), used.able("reconstructs")
    x = data.test.flattened().x[:: len(data.test) // SHOWN][:SHOWN]
    faces = x.reshape(-1, 1, 28, 20)
    hidden = Cutout(10).hidden(faces, torch.Generator().manual_seed(2)).flatten(1)
    seen = x.masked_fill(hidden, 0)
    *_, again = model.reconstruct({"x": seen}).values()
    near = nearest_known(x, data.train.flattened().x[:], hidden=hidden)
lines = {
    "with a hole": seen,
    "neighbour": torch.where(hidden, near, x),
    "net": torch.where(hidden, again["x"], x),
    "true": x,
}
figure = strips(lines, (28, 20))
figure.savefig(Path(__file__).parent / "inpainting.png", dpi=90)
