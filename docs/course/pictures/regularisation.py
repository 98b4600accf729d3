"""Picture of the page on regularisation: python docs/course/pictures/regularisation.py."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import numpy as np
import torch
from matplotlib import pyplot

from harmonium import MLPRegressor

HERE = Path(__file__).parent
FITS = {"no penalty": 0.0, "penalty 0.03": 0.03, "penalty 3": 3.0}


def main() -> None:
    """Writes regularisation.png: one net on 25 noisy points, with three penalties."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    x = np.sort(rng.uniform(-3, 3, 25))[:, None]
    y = np.sin(x[:, 0]) + 0.3 * rng.normal(size=25)
    grid = np.linspace(-3, 3, 300)[:, None]
    figure, panels = pyplot.subplots(
        1, 3, figsize=(8, 2.6), sharex=True, sharey=True, layout="constrained"
    )
    for axes, (name, alpha) in zip(panels, FITS.items(), strict=True):
        model = MLPRegressor(
            (50,), activation="tanh", solver="lbfgs", alpha=alpha, max_iter=2000, random_state=0
        ).fit(x, y)
        error = np.sqrt(np.mean((model.predict(grid) - np.sin(grid[:, 0])) ** 2))
        axes.plot(grid, np.sin(grid), "--", color="grey")
        axes.plot(grid, model.predict(grid))
        axes.plot(x, y, ".", color="black")
        axes.set(title=f"{name}\nerror of the curve {error:.2f}", xlabel="x", ylim=(-2, 2))
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "regularisation.png", dpi=90)


if __name__ == "__main__":
    main()
