"""1000 labels of MNIST's 60 000 images: what pre-training on all of them is worth.

    HARMONIUM_DATA=/path/to/sets python examples/mnist_few_labels.py --seeds 3

The scikit-learn face, 784-500-500-2000-10; the same net from random (Glorot) weights beside it.
"""

import argparse
import os
import time

import numpy as np
import torch

import harmonium as hm
from harmonium.data import few_labels, mnist
from harmonium.random import generator


def main() -> None:
    """Both nets for every seed."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--per-class", type=int, default=100)
    options.add_argument("--pretrain-epochs", type=int, default=5)
    options.add_argument("--threads", type=int, default=os.cpu_count())
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    images = mnist()
    X, y = images.train.numpy(), images.train_labels.numpy()
    test, truth = images.test.numpy(), images.test_labels.numpy()
    found: dict[str, list[float]] = {"pre-trained": [], "random start": []}
    for seed in range(args.seeds):
        chosen = few_labels(images.train_labels, args.per_class, source=generator(seed)).numpy()
        rest = np.delete(X, chosen, axis=0)
        for name, epochs in (("pre-trained", args.pretrain_epochs), ("random start", 0)):
            began = time.perf_counter()
            model = hm.DBNClassifier(
                (500, 500, 2000),
                pretrain_epochs=epochs,
                n_epochs=200,
                batch_size=100,
                random_state=seed,
            )
            model.fit(X[chosen], y[chosen], unlabelled=rest if epochs else None)
            found[name].append(100 * float(np.mean(model.predict(test) == truth)))
            seconds = time.perf_counter() - began
            print(f"seed {seed}: {name} {found[name][-1]:.2f} % in {seconds:.0f} s", flush=True)
    for name, a in found.items():
        spread = np.std(a, ddof=1) if len(a) > 1 else float("nan")
        print(f"{name}: test accuracy {np.mean(a):.2f} % +- {spread:.2f} over {len(a)} seeds")
    print(f"gain: {np.mean(found['pre-trained']) - np.mean(found['random start']):.2f} points")


if __name__ == "__main__":
    main()
