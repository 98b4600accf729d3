"""Picture of the page on robustness: python docs/course/pictures.py robustness.

It learns from MNIST, which is read from $HARMONIUM_DATA, by examples/robustness.py.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import robustness
import torch
from matplotlib import pyplot

from harmonium.data import mnist_set
from harmonium.judges.robustness import spread

HERE = Path(__file__).parent


def main() -> None:
    """Writes robustness.png: accuracy by shift, rotation and scale of three nets."""
    torch.set_num_threads(1)
    data = mnist_set()
    train, test = spread(data.train, 20_000), spread(data.test, 2000)
    drawn(robustness.compared(train, test, epochs=3, seeds=1))


def drawn(found) -> None:
    """Draws the curves of ``robustness.compared``."""
    figure, panels = pyplot.subplots(1, 3, figsize=(8, 2.7), sharey=True, layout="constrained")
    for axes, (side, words) in zip(panels, robustness.WORDS.items(), strict=True):
        for name, net in found.items():
            axes.plot(list(net[side]), [100 * y for y in net[side].values()], ".-", label=name)
        axes.set(xlabel=words, ylim=(0, 102))
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("accuracy, %")
    panels[1].legend(frameon=False, loc="lower center")
    figure.savefig(HERE / "robustness.png", dpi=90)


if __name__ == "__main__":
    main()
