"""Self-organising maps beside MiniSom, at equal map, start, passes and radii.

    pip install minisom
    python benchmarks/kohonen.py

Both start from the plane of the first two principal components of scikit-learn's digits and make
10 passes. MiniSom's radius falls to 1, so ours ends there too. "error" is the mean distance of a
test row from its nearest prototype; "apart", the share of test rows whose two nearest prototypes
are no neighbours; both are means over three seeds. "time" is processor time of one thread, as a
share of MiniSom's.
"""

import time

import numpy as np
import torch
from minisom import MiniSom

from harmonium import SelfOrganisingMap
from harmonium.data import digits

SEEDS, EPOCHS, SIDE, RADIUS = range(3), 10, 12, 6.0


def measured(fit, test):
    """Mean test errors over seeds, and processor time of a fit."""
    errors, apart, seconds = [], [], []
    for seed in SEEDS:
        start = time.process_time()
        prototypes = fit(seed)
        seconds.append(time.process_time() - start)
        gaps = np.linalg.norm(test[:, None] - prototypes.reshape(1, SIDE * SIDE, -1), axis=2)
        first, second = np.argsort(gaps, axis=1)[:, :2].T
        far = np.maximum(abs(first // SIDE - second // SIDE), abs(first % SIDE - second % SIDE))
        errors.append(gaps.min(1).mean())
        apart.append((far > 1).mean())
    return np.mean(errors), np.mean(apart), np.mean(seconds)


def minisom(x):
    def fit(seed):
        som = MiniSom(
            SIDE, SIDE, x.shape[1], sigma=RADIUS, learning_rate=0.5, random_seed=seed,
            decay_function="linear_decay_to_zero", sigma_decay_function="linear_decay_to_one",
        )  # fmt: skip
        som.pca_weights_init(x)
        som.train(x, EPOCHS * len(x), random_order=True)
        return som.get_weights()

    return fit


def ours(x, batch_size):
    def fit(seed):
        som = SelfOrganisingMap(
            rows=SIDE, columns=SIDE, n_epochs=EPOCHS, radius=RADIUS, last_radius=1.0,
            batch_size=batch_size, random_state=seed,
        )  # fmt: skip
        return som.fit(x).prototypes_

    return fit


def main():
    torch.set_num_threads(1)
    data = digits()
    x, test = data.train.double().numpy(), data.test.double().numpy()
    rows = {
        "MiniSom, row by row": minisom(x),
        "harmonium, row by row": ours(x, 1),
        "harmonium, 20 rows a batch": ours(x, 20),
    }
    print(f"{'':28}{'error':>8}{'apart':>8}{'time':>8}")
    unit = None
    for name, fit in rows.items():
        fit(0)  # warm
        error, apart, seconds = measured(fit, test)
        unit = unit or seconds
        print(f"{name:28}{error:8.3f}{apart:8.1%}{seconds / unit:8.2f}")


if __name__ == "__main__":
    main()
