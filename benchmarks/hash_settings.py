"""Settings of semantic hashing on 20 Newsgroups, by words that were left out and by retrieval.

    python benchmarks/hash_settings.py                  # the settings below: 3 minutes
    python benchmarks/hash_settings.py --only 0         # one line: 15 seconds

The loss of validation documents that are given back from their own bits falls the longer a net
learns, because bits come to name single words; that is not what a search needs. So settings are
chosen by completion: the bits come from a random half of the words of a validation document, and
the loss, in nats per word, is that of the other half. Labels are used for the last two columns
only, which nothing is chosen by.
"""

import argparse
import time

import numpy as np
import torch

from harmonium.data import Corrupt, TfIdf, fit_all, newsgroups, validation
from harmonium.judges.retrieval import searched
from harmonium.learning import Coding, Descent, linear_decay
from harmonium.learning.objectives import Multinomial
from harmonium.nets import Autoencoder
from harmonium.nets.codes import Noisy
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded

SETTINGS = [
    {"std": 0.5},
    {"std": 1.0},
    {"std": 2.0},
    {"std": 1.0, "epochs": 7},
    {"std": 1.0, "epochs": 20},
    {"std": 1.0, "masked": 0.5},
    {"std": 1.0, "masked": 0.5, "epochs": 20},
    {"std": 2.0, "masked": 0.5},
    {"std": 1.0, "hidden": [500]},
]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", type=int, nargs="*", default=range(len(SETTINGS)))
    options.add_argument("--bits", type=int, default=128)
    options.add_argument("--seed", type=int, default=0)
    args = options.parse_args()
    torch.set_num_threads(1)
    data = validation(newsgroups(), 0.1, source=generator(0))
    _, data = fit_all([TfIdf(length=8)], data)
    print("completion  own bits  precision at 100  average precision  seconds  settings")
    for number in args.only:
        began = time.process_time()
        net = learned(data.train.x, bits=args.bits, seed=args.seed, **SETTINGS[number])
        seconds = time.process_time() - began
        whole, half = losses(net, data.validation.x)
        with torch.no_grad():
            bits = net.encode(data.test.x) > 0.5
        found = searched(bits, data.test.labels, by="hamming", at=100).figures()
        print(
            f"{half:10.3f}  {whole:8.3f}  {found['precision_at_k']:16.3f}  "
            f"{found['average_precision']:17.3f}  {seconds:7.0f}  {SETTINGS[number]}",
            flush=True,
        )


def learned(
    x: torch.Tensor,
    *,
    bits: int,
    seed: int,
    std: float,
    epochs: int = 10,
    masked: float = 0.0,
    hidden: tuple[int, ...] = (),
) -> Autoencoder:
    with seeded(seed):
        net = Autoencoder([x.shape[1], *hidden, bits], code=Noisy(std), outputs="shares")
    source = generator(seed + 1)
    set_source(net, source)
    mask = Corrupt("masking", masked)
    damage = (lambda rows: mask(rows, source)) if masked else None
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
    learner = Descent(net, optimiser, Coding(Multinomial(per_word=True), damage=damage))
    decay = linear_decay(optimiser, epochs * -(-len(x) // 100))
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=source).split(100):
            learner.step({"x": x[rows]})
            decay.step()
    return net.eval()


@torch.no_grad()
def losses(net: Autoencoder, x: torch.Tensor) -> np.ndarray:
    """Nats per word from a document's own bits, and from those of a random half of its words."""
    loss, kept = Multinomial(per_word=True), torch.rand(x.shape, generator=generator(7)) < 0.5
    pairs = (x, x), (x * kept, x * ~kept)
    parts = [
        loss(net.decoder, {"x": (net.encode(seen) > 0.5).float(), "y": wanted}).mean()
        for seen, wanted in pairs
    ]
    return np.array([float(part) for part in parts])


if __name__ == "__main__":
    main()
