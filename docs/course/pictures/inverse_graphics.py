"""Picture of the page on inverse graphics: digits decoded while one named number changes."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import torch

from harmonium.apply import Trained
from harmonium.report.pictures import strips
from harmonium.training import train

NAMES, STEPS = ("right", "down", "rotation", "scale"), 9


def drawn(run):
    """Lines of digits, one for each factor, around the codes of two test digits."""
    print(run.results["trials"][0]["methods"])
    used = Trained(run)
    model = used.able("decodes")
    test = used.dataset().test
    codes = [*model.codes(test.batch(slice(2))).values()][-1]
    lines = {}
    for digit, code in zip("72", codes, strict=True):
        for k, name in enumerate(NAMES):
            line = code.repeat(STEPS, 1)
            line[:, k] = torch.linspace(-2, 2, STEPS)
            lines[f"{digit}: {name}"] = model.decode(line)["x"].flatten(1)
    return strips(lines, (28, 28))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        with patch("harmonium.report.write_run"):  # the page is not needed
            run = train("mnist_inverse_graphics", output=folder)
        drawn(run).savefig(Path(__file__).parent / "inverse_graphics.png", dpi=80)
