"""Pictures of the page on universal approximation: error against width, and fits of nets."""

import shutil
import tempfile
from pathlib import Path

from approximation import SERIES, draw, draw_fits, of_widths

import harmonium as hm
from harmonium.describe.builtin import find

HERE = Path(__file__).parent
UPDATES = 2000


def fit(recipe, figure, name):
    """The picture of a run's section Fit, or its animation."""
    with tempfile.TemporaryDirectory() as folder:
        run = hm.train(find(recipe), output=folder)
        shutil.copyfile(
            run.path / "figures" / figure, HERE / f"universal_approximation-{name}.png"
        )


fit("ring_mlp", "fit-1.png", "ring")
fit("xor_mlp", "fit-1-moving.png", "moving")
draw_fits(UPDATES).savefig(HERE / "universal_approximation-fits.png", dpi=130)
errors = {name: of_widths(*setting, UPDATES) for name, setting in SERIES.items()}
draw(errors).savefig(HERE / "universal_approximation.png", dpi=150)
