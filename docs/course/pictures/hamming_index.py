"""Picture of the page on the Hamming index: time of a query by radius, as measured once."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from math import comb

from matplotlib import pyplot

from harmonium.report.style import INK, PALETTE, WIDTH

HERE = Path(__file__).parent
RADII = (0, 3, 6, 10, 14)
MEASURED = {  # ms of processor a query, python benchmarks/hashing.py --radii 0 3 6 10 14
    "all codes compared": ((1.98, 2.06, 2.11, 1.95, 2.07), "s--"),
    "index, clustered codes": ((0.0073, 0.0149, 0.0536, 0.2250, 1.0368), "o-"),
    "index, uniform codes": ((0.0064, 0.0097, 0.0309, 0.1774, 0.8330), "^-"),
}


def times():
    """Left: time by radius. Right: addresses in a ball of 20 and of 128 bits."""
    figure, (left, right) = pyplot.subplots(
        1, 2, figsize=(WIDTH, 2.9), layout="constrained", width_ratios=(3, 2)
    )
    for colour, (name, (values, line)) in enumerate(MEASURED.items()):
        left.plot(RADII, values, line, color=PALETTE[colour], ms=4, lw=1.3, label=name)
    left.set_title("a million codes of 128 bits", fontsize=9, color=INK)
    left.set(xlabel="radius, bits", ylabel="ms a query", yscale="log", xticks=RADII)
    left.legend(fontsize=7, frameon=False, loc="lower right")
    for colour, (bits, line) in enumerate({20: "o-", 128: "s--"}.items()):
        sizes = [sum(comb(bits, k) for k in range(r + 1)) for r in range(11)]
        right.plot(range(11), sizes, line, color=PALETTE[colour], ms=4, lw=1.3)
        right.annotate(f"{bits} bits", (10, sizes[-1]), (-6, 6 if bits > 20 else -14),
                       textcoords="offset points", ha="right", fontsize=8)  # fmt: skip
    right.axhline(1e6, color="grey", lw=0.8, ls=":")
    right.annotate("a million codes", (10, 1e6), (0, 3), textcoords="offset points",
                   fontsize=7, color="grey", ha="right")  # fmt: skip
    right.set_title("addresses in a ball", fontsize=9, color=INK)
    right.set(xlabel="radius, bits", yscale="log", xticks=(0, 2, 4, 6, 8, 10))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


times().savefig(HERE / "hamming_index.png", dpi=110)
