"""Picture of the page on augmentation: python docs/course/pictures/augmentation.py."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from harmonium.data import Affine, Elastic, InTurn, letters_set
from harmonium.random import generator

HERE = Path(__file__).parent
ROWS = {
    "as it is": None,
    "affine": Affine(shift=2, rotation=15, scale=0.15, shear=10),
    "elastic": Elastic(alpha=34, sigma=4),
    "both": InTurn(
        [Affine(shift=2, rotation=15, scale=0.15, shear=10), Elastic(alpha=34, sigma=4)]
    ),
}
LETTERS = "ABGKRS"


def main() -> None:
    """Writes augmentation.png: six letters, changed in three ways."""
    data = letters_set()
    first = [int((data.train.y == data.classes.index(c)).nonzero()[0]) for c in LETTERS]
    batch = data.train.batch(slice(None))["x"][first]
    figure, panels = pyplot.subplots(len(ROWS), len(LETTERS), figsize=(6, 4.2))
    for line, (name, change) in zip(panels, ROWS.items(), strict=True):
        shown = batch if change is None else change(batch, generator(0))
        for axes, picture in zip(line, shown, strict=True):
            axes.imshow(picture[0], cmap="gray_r", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
    figure.tight_layout(pad=0.5)
    figure.savefig(HERE / "augmentation.png", dpi=90)


if __name__ == "__main__":
    main()
