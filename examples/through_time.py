"""Gradients through time: why a recurrent net forgets or explodes, and what cures it.

python examples/through_time.py              # gradients by lag, then a symbol to be recalled
python examples/through_time.py --steps 30
"""

import argparse

import torch
from torch import nn

from harmonium.learning.through_time import gradients_by_lag, spectral_radius
from harmonium.nets.recurrent import GRU, LSTM, RNN
from harmonium.random import generator, seeded

INPUTS, HIDDEN, SYMBOLS, ROWS = 8, 48, 6, 64
RADII = (0.7, 1.0, 1.3)


def scaled(radius, seed=0):
    """A simple recurrent layer whose recurrent weights have this spectral radius."""
    with seeded(seed):
        layer = RNN(INPUTS, HIDDEN)
    weight = layer.recurrent_weight
    source = generator(seed)
    with torch.no_grad():
        for name, bias in layer.named_parameters():
            if "bias" in name:
                bias.zero_()
        drawn = torch.randn(weight.shape, generator=source)
        weight.copy_(radius * drawn / spectral_radius(drawn))
    return layer


def layers(seed=0):
    """Name -> layer: simple ones of three spectral radii, and gated ones."""
    named = {f"rnn, radius {radius:g}": scaled(radius, seed) for radius in RADII}
    with seeded(seed):
        named["lstm, forget bias 3"] = LSTM(INPUTS, HIDDEN, forget_bias=3.0)
        named["gru"] = GRU(INPUTS, HIDDEN)
    return named


def by_lag(layer, *, steps=60):
    """Norm of the gradient by lag, relative to lag 0, at rest, where no unit is saturated."""
    norms = gradients_by_lag(layer, torch.zeros(1, steps, INPUTS))
    return (norms / norms[0]).tolist()


def batch(steps, source):
    """Rows whose first input is one of the symbols and the others are noise; the symbol."""
    symbols = torch.randint(SYMBOLS, (ROWS,), generator=source)
    x = 0.1 * torch.randn(ROWS, steps, INPUTS, generator=source)
    x[:, 0] = nn.functional.one_hot(symbols, INPUTS).float()
    return x, symbols


def recalled(layer, *, steps=20, updates=300, clip=None, lr=0.1, seed=2):
    """Share of symbols recalled after the steps, and the largest norm of a gradient met."""
    source = generator(seed)
    readout = nn.Linear(HIDDEN, SYMBOLS, device="meta").to_empty(device="cpu")
    with torch.no_grad():
        readout.weight.copy_(torch.randn(SYMBOLS, HIDDEN, generator=source) / HIDDEN**0.5)
        readout.bias.zero_()
    parameters = [*layer.parameters(), *readout.parameters()]
    optimiser, largest, right = torch.optim.SGD(parameters, lr=lr, momentum=0.9), 0.0, []
    for update in range(updates):
        x, symbols = batch(steps, source)
        logits = readout(layer(x)[0][:, -1])
        optimiser.zero_grad()
        nn.functional.cross_entropy(logits, symbols).backward()
        norm = nn.utils.clip_grad_norm_(parameters, clip or float("inf"))
        largest = max(largest, float(norm))
        optimiser.step()
        if update >= updates - 20:
            right.append((logits.argmax(1) == symbols).float().mean())
    return float(torch.stack(right).mean()), largest


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--updates", type=int, default=200)
    args = parser.parse_args()
    print("norm of the gradient 1, 10, 20, 40 steps back, relative to that of the last step")
    for name, layer in layers().items():
        norms = by_lag(layer)
        print(f"{name:22s}", *(f"{norms[k]:9.1e}" for k in (1, 10, 20, 40)))
    print(f"\n1 of {SYMBOLS} symbols recalled after {args.steps} steps (chance {1 / SYMBOLS:.2f})")
    for name in layers():
        for clip in (None, 1.0):
            share, largest = recalled(
                layers()[name], steps=args.steps, updates=args.updates, clip=clip
            )
            words = "clipped" if clip else "not clipped"
            print(f"{name:22s} {words:12s} {share:.2f}   largest gradient {largest:.1e}")


if __name__ == "__main__":
    main()
