"""Picture of the page on Kohonen's map: prototypes of digits, and their distances."""

from io import BytesIO
from pathlib import Path

import torch
from PIL import Image

from harmonium import SelfOrganisingMap
from harmonium.data import digits
from harmonium.report.pictures import images
from harmonium.report.unit_map import unit_map

SIDE = 12
data = digits()
som = SelfOrganisingMap(rows=SIDE, columns=SIDE, random_state=0).fit(data.train)
net = som.map_
winners = torch.from_numpy(som.predict(data.train))
counts = torch.zeros(SIDE * SIDE, 10)
counts.index_put_((winners, data.train_labels), torch.ones(len(winners)), accumulate=True)
words = [str(int(row.argmax())) if row.any() else "" for row in counts]
figures = {
    "prototypes": images(net.weight.detach().clamp(0, 1), (8, 8), columns=SIDE,
                         title="prototypes"),
    "gaps": unit_map(net.places, net.gaps(), words=words, title="distance from neighbours",
                     scale="mean distance of the prototypes"),
}  # fmt: skip
parts = []
for figure in figures.values():
    file = BytesIO()
    figure.savefig(file, dpi=80)
    parts.append(Image.open(file).convert("RGB"))
height = max(part.height for part in parts)
parts = [part.resize((part.width * height // part.height, height)) for part in parts]
sheet = Image.new("RGB", (sum(p.width for p in parts) + 20, height + 10), "white")
across = 0
for part in parts:
    sheet.paste(part, (across, 0))
    across += part.width + 20
sheet.save(Path(__file__).parent / "kohonen.png")
