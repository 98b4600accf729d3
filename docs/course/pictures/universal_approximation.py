"""Pictures of the page on universal approximation: error against width, and fits of a sine."""

from pathlib import Path

from approximation import SERIES, draw, draw_fits, of_widths

HERE = Path(__file__).parent
UPDATES = 2000

draw_fits(UPDATES).savefig(HERE / "universal_approximation-fits.png", dpi=130)
errors = {name: of_widths(*setting, UPDATES) for name, setting in SERIES.items()}
draw(errors).savefig(HERE / "universal_approximation.png", dpi=150)
