"""Picture of the page on neural ensembles: noise by number of units."""

from pathlib import Path

from ensemble import draw_units

draw_units().savefig(Path(__file__).parent / "neural_ensemble.png", dpi=130)
