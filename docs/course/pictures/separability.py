"""Picture of the page on separability: how many rows a unit can tell apart."""

from pathlib import Path

from separability import draw_cover

draw_cover(100).savefig(Path(__file__).parent / "separability.png", dpi=130)
