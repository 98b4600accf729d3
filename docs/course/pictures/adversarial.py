"""Picture of the page on adversarial nets: samples through training, and samples of each class."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from PIL import Image

from harmonium.apply import Trained
from harmonium.random import generator
from harmonium.report.pictures import strips
from harmonium.training import train

with TemporaryDirectory() as folder:
    run = train("digits_gan", "judge=[]", output=folder)
    kept = {record.epoch: record.tensors()["samples"] for record in run.records()}
    conditional = Trained(train("digits_cgan", "judge=[]", output=folder)).able("samples")
y = torch.arange(10).repeat_interleave(10)
drawn = conditional.sample(100, given={"y": y}, source=generator(0))["x"]
lines = {str(epoch): kept[epoch][:10] for epoch in (1, 2, 5, 10, 20, 50, 100, 200)}
figures = [
    strips(lines, (8, 8), title="from the same noise", word="epoch"),
    strips(dict(zip(map(str, range(10)), drawn.split(10), strict=True)), (8, 8), title="by class"),
]
parts = []
for figure in figures:
    file = BytesIO()
    figure.savefig(file, dpi=80)
    parts.append(Image.open(file).convert("RGB"))
sheet = Image.new("RGB", (sum(p.width for p in parts), max(p.height for p in parts)), "white")
across = 0
for part in parts:
    sheet.paste(part, (across, 0))
    across += part.width
sheet.save(Path(__file__).parent / "adversarial.png")
