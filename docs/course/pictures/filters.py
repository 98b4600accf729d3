"""Picture of the page on filters: a photograph through all named kernels."""

from pathlib import Path

from harmonium.apply import grey_levels
from harmonium.nets.kernels import KERNELS, MAGNITUDES, filtered, shown
from harmonium.report.style import INK, blank

HERE = Path(__file__).parent
COLUMNS, SCALE = 5, 3

photograph = grey_levels("china").mean(0)[30:330, 60:420]
photograph = filtered(photograph, "box", padding="same")[1::SCALE, 1::SCALE]

names = [*KERNELS, *MAGNITUDES]
lines = -(-len(names) // COLUMNS)
figure = blank(6.6, 1.28 * lines)
for k, name in enumerate(names):
    line, column = divmod(k, COLUMNS)
    place = (column / COLUMNS + 0.004, 1 - (line + 1) / lines + 0.01, 0.97 / COLUMNS, 0.83 / lines)
    axes = figure.add_axes(place)
    values = shown(filtered(photograph, name, padding="same"))
    axes.imshow(values.numpy(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color="#d8dde3")
    figure.text(place[0] + 0.002, place[1] + 0.86 / lines, name, fontsize=8, color=INK)
figure.savefig(HERE / "filters.png", dpi=90)
