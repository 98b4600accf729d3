"""A Gaussian RBM with default settings on standardised images, beside linear-Gaussian densities.

    python examples/gaussian_rbm.py                    # digits; Frey faces too if they are at hand

Log-likelihoods are exact, in nats per test row, of the standardised values. Pixels whose standard
deviation over the training rows is below .01 are left out: one test row with a spot there would
decide every figure.
"""

import argparse

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.decomposition import FactorAnalysis

import harmonium as hm
from harmonium.data import Standardiser, digits, frey_faces


def main() -> None:
    """Prints a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--hidden", type=int, default=12)
    options.add_argument("--seeds", type=int, default=3)
    args = options.parse_args()
    print("| data | independent Gaussian | Gaussian RBM | factor analysis | full Gaussian |")
    print("|---|---|---|---|---|")
    for name, (train, test) in sets().items():
        scores = [
            hm.RBM(args.hidden, visible="gaussian", random_state=s).fit(train).score(test)
            for s in range(args.seeds)
        ]
        factors = FactorAnalysis(args.hidden).fit(train.astype(float)).score(test.astype(float))
        spread = np.std(scores, ddof=1) if args.seeds > 1 else float("nan")
        print(
            f"| {name}, {train.shape[1]} values | {gaussian(train, test, full=False):.2f} | "
            f"{np.mean(scores):.2f} +- {spread:.2f} | {factors:.2f} | "
            f"{gaussian(train, test, full=True):.2f} |",
            flush=True,
        )


def sets() -> dict[str, tuple[NDArray, NDArray]]:
    """Name -> standardised training and test rows."""
    images = digits()
    found = {"digits": standardised(images.train, images.test)}
    try:
        faces, _ = frey_faces()
    except FileNotFoundError:
        return found
    order = torch.randperm(len(faces), generator=torch.Generator().manual_seed(0))
    found["Frey faces"] = standardised(faces[order[:1600]], faces[order[1600:]])
    return found


def standardised(train: torch.Tensor, test: torch.Tensor) -> tuple[NDArray, NDArray]:
    """By the training rows, without the pixels that hardly move."""
    moving = train.std(0) > 0.01
    fitted = Standardiser.fit(train[:, moving])
    return fitted(train[:, moving]).numpy(), fitted(test[:, moving]).numpy()


def gaussian(train: NDArray, test: NDArray, *, full: bool) -> float:
    """Mean test log-density of the Gaussian fitted by moments."""
    x, t = train.astype(float), test.astype(float)
    covariance = np.cov(x.T) if full else np.diag(x.var(0))
    covariance += 1e-6 * np.eye(x.shape[1])
    centred = t - x.mean(0)
    distance = np.einsum("ij,ij->i", centred, np.linalg.solve(covariance, centred.T).T)
    log_det = np.linalg.slogdet(2 * np.pi * covariance)[1]
    return float(np.mean(-0.5 * (distance + log_det)))


if __name__ == "__main__":
    main()
