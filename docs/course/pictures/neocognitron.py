"""Picture of the page on the neocognitron: what planes learned, and how they answer a digit."""

from pathlib import Path

from harmonium.data import moved_digits
from harmonium.nets import Neocognitron
from harmonium.report.style import INK, blank

data = moved_digits(test=10)
net = Neocognitron([1, 32, 32], 5)
net.prepare(data.train.x)
x = data.test.x[3:4]
first, second, _ = net.planes(x)
a = net.weights(0)[0]
figure = blank(7.2, 3.2, layout="constrained")
rows = figure.subplots(3, 9)
for axes in rows.flat:
    axes.set_axis_off()
names = ("learned", "stage 1", "stage 2")
shown = ((a[:, 0] - a[:, 1]), first[0], second[0])
for row, name, pictures in zip(rows, names, shown, strict=True):
    row[0].set_title(name, fontsize=8, color=INK, loc="left")
    if name == "stage 1":
        row[0].imshow(x.view(32, 32), cmap="gray_r")
    strongest = (first[0].sum((1, 2)) if name != "stage 2" else second[0].sum((1, 2))).argsort()
    for axes, k in zip(row[1:], strongest.flip(0).tolist(), strict=False):
        limit = float(pictures[k].abs().max())
        low = -limit if name == "learned" else 0
        axes.imshow(pictures[k], cmap="gray" if low else "gray_r", vmin=low, vmax=limit)
figure.savefig(Path(__file__).parent / "neocognitron.png", dpi=110)
