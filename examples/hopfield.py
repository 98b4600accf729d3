"""Hopfield nets on letters: landscapes, recall, capacity, chaos; one page of pictures.

python examples/hopfield.py                        # writes hopfield.html
"""

import argparse

import torch

from harmonium.data import font_letters
from harmonium.learning import hebb, pseudo_inverse, storkey
from harmonium.machines import hopfield
from harmonium.random import generator
from harmonium.report import (
    Page,
    Picture,
    Section,
    contours,
    curves,
    landscapes,
    mark,
    strips,
    write,
)  # fmt: skip
from harmonium.sampling import (
    landscape,
    lyapunov,
    overlap,
    place,
    recall,
    trail,
    trajectory,
)  # fmt: skip

RULES = {"Hebb": hebb, "Storkey": storkey, "projection": pseudo_inverse}
AXES = ("overlap where the two agree", "overlap where they differ")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="hopfield.html")
    options.add_argument(
        "--units", type=int, default=1000, help="of the nets whose capacity is measured"
    )
    args = options.parse_args()
    data = font_letters()
    x, shape = 2.0 * (data.train[:26] > 0.5) - 1, data.shape
    letter = {name: x[k : k + 1] for k, name in enumerate(data.classes)}
    sections = [
        Section("Landscapes", [three_landscapes(letter)]),
        Section("A recall", [*one_recall(letter, shape)]),
        Section("Which rule holds the alphabet", [alphabet(x, shape)]),
        Section("Capacity", [capacity(args.units)]),
        Section("Without symmetry", [chaos()]),
    ]
    page = Page(
        title="Hopfield nets",
        verdict="Symmetric nets run downhill to what they hold, up to a load of .138 of random "
        "patterns; asymmetric ones need not come to rest.",
        sections=sections,
    )
    print(write(page, args.output))


def coins(rows, n, *, seed):
    return torch.randint(0, 2, (rows, n), generator=generator(seed)) * 2.0 - 1


def three_landscapes(letter):
    """Nothing stored, two memories far apart, two that overlap, at temperature .5."""
    n = letter["A"].shape[1]
    far = torch.cat([letter["A"], coins(1, n, seed=1)])
    near = torch.cat([letter["O"], letter["Q"]])
    panels = {
        "empty": (far, None),
        "far apart: A and coins": (far, hebb(far)),
        "overlapping: O and Q": (near, hebb(near)),
    }
    t = 0.8
    heights = {
        name: landscape(hopfield(n, weights=weights), pair, temperature=t) / n
        for name, (pair, weights) in panels.items()
    }
    marks = {
        "far apart: A and coins": {"A": (0.9, 0.9), "coins": (0.9, -0.9)},
        "overlapping: O and Q": {"O": (0.98, 0.95), "Q": (0.98, -0.95)},
    }
    figure = landscapes(
        heights, marks=marks, labels=AXES, title=f"free energy per unit at temperature {t:g}, nats"
    )
    shared = float((near[0] == near[1]).float().mean())
    return Picture(
        figure,
        alt="Three maps: one bowl, four valleys, two long valleys",
        caption="Mean-field free energy of independent units whose means are s times the first "
        "pattern where the two agree (across) and d times where they differ (up); low is dark. "
        "Nothing stored: entropy alone, one bowl. Far apart: a valley for each of the two (right) "
        f"and for their mirror images (left). Overlapping (O and Q agree on {shared:.0%} of the "
        "pixels): the two share one valley, in which neither is told from the other.",
    )


def one_recall(letter, shape):
    """From a damaged letter: the path on the landscape, the energy, the pictures."""
    n = letter["A"].shape[1]
    pair = torch.cat([letter["A"], coins(1, n, seed=1)])
    net = hopfield(n, weights=hebb(pair))
    share = torch.where(pair[:1] == pair[1:], 0.33, 0.47)
    flipped = torch.rand(1, n, generator=generator(5)) < share
    start = torch.where(flipped, -letter["A"], letter["A"])
    steps = trail(net, {"x": start}, every=shape[1], sweeps=2)["x"][:, 0]
    energies = net.energy({"x": steps}).detach()
    yield Picture(
        contours(
            landscape(net, pair),
            path=place(steps, pair),
            marks={
                "A": (1, 1),
                "coins": (1, -1),
                "coins, mirrored": (-1, 1),
                "A, mirrored": (-1, -1),
            },
            labels=(*AXES, "energy, nats"),
            title=f"recall of A, from {float(flipped.float().mean()):.0%} of its pixels wrong",
        ),
        alt="Contours of the energy over a square, a path from near its middle to the corner A",
        caption="A and a pattern of coins are stored. Every state has a place on the square: its "
        "overlap with A where the two agree, and where they differ. As Hebb's rule stored these "
        "two alone, the energy of a state is the height of its place to within one nat.",
    )
    yield Picture(
        curves(
            {"energy": energies},
            steps={"energy": torch.arange(len(energies))},
            x_label="rows of pixels asked",
            y_label="energy, nats",
            title="its energy, over two sweeps",
        ),
        alt="The energy against the rows of pixels asked: it falls and never rises",
        caption=f"After each row of {shape[1]} units, from {energies[0]:.0f} to "
        f"{energies[-1]:.0f} nats; it never rises (largest step {float(energies.diff().max()):.1f}).",
    )
    looks = torch.arange(0, 32, 4)
    yield Picture(
        strips({"A": (steps[looks] + 1) / 2}, shape, title="its state, every four rows of pixels"),
        alt="A noisy letter that becomes an A from top to bottom",
        caption="Units move one by one, the top row first, each to the sign of its field.",
    )


def alphabet(x, shape):
    """What comes back of the whole alphabet, one pixel in ten flipped."""
    flipped = torch.rand(x.shape, generator=generator(1)) < 0.1
    start = torch.where(flipped, -x, x)
    shown = slice(0, 13)
    rows, told = {"damaged": (start[shown] + 1) / 2}, []
    for name, rule in RULES.items():
        found = recall(hopfield(x.shape[1], weights=rule(x)), {"x": start}).state["x"]
        rows[name] = (found[shown] + 1) / 2
        told.append(f"{name} {float(overlap(found, x).mean()):.3f}")
    return Picture(
        strips(rows, shape, title="26 letters stored, each recalled from 10 % damage"),
        alt="Rows of letters: damaged, and as three storage rules recall them",
        caption=f"Mean overlap with the letter that was meant: {', '.join(told)}. Letters share "
        "most of their pixels; local rules hold what they share, the projection holds all.",
    )


def capacity(n, seeds=(1, 2)):
    """Overlap with random patterns after recall from them, against their number."""
    loads = [0.03, 0.06, 0.09, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.18]
    found = []
    for seed in seeds:
        for load in loads:
            x = coins(round(load * n), n, seed=seed)
            end = recall(hopfield(n, weights=hebb(x)), {"x": x[:100]}, sweeps=15).state["x"]
            found.append(float(overlap(end, x[:100]).mean()))
    rows = torch.tensor(found).reshape(len(seeds), -1)
    figure = curves(
        {"overlap": rows}, steps={"overlap": loads}, x_label="patterns stored / N",
        y_label="overlap after recall", title=f"Hebb's rule, N = {n}",
    )  # fmt: skip
    mark(figure, 0.138, word=".138")
    at = dict(zip(loads, rows.mean(0).tolist(), strict=True))
    return Picture(
        figure,
        alt="Overlap against load: near 1 up to .12, falling steeply after the mark at .138",
        caption=f"Mean overlap of the first 100 patterns: {at[0.12]:.3f} at a load of .12, "
        f"{at[0.15]:.3f} at .15, {at[0.18]:.3f} at .18. Memory breaks down at .138 (Amit, "
        "Gutfreund and Sompolinsky, 1985); the often quoted .15 lies past it.",
    )


def chaos(n=300, gain=2.0, steps=220):
    """Two states that differ by 1e-6, in an asymmetric and in a symmetric net."""
    j = torch.randn(n, n, generator=generator(1), dtype=torch.float64) / n**0.5
    x = torch.randn(1, n, generator=generator(2), dtype=torch.float64)
    nudge = torch.randn(1, n, generator=generator(4), dtype=torch.float64)
    apart, rate = {}, {}
    for name, weights in {"asymmetric": j, "symmetric": (j + j.mT) / 2**0.5}.items():
        settled = trajectory(weights, x, gain=gain, steps=1000)[-1]
        pair = torch.cat([settled, settled + 1e-6 * nudge / nudge.norm()])
        seen = trajectory(weights, pair, gain=gain, steps=steps)
        apart[name] = (seen[:, 1] - seen[:, 0]).norm(dim=1).clamp(min=1e-15)
        rate[name] = float(lyapunov(weights, x, gain=gain, steps=2000, source=generator(3)))
    t = torch.arange(steps + 1)
    slope = 1e-6 * torch.exp(rate["asymmetric"] * t)
    slope[slope > 30] = float("nan")
    lines = {**apart, "Lyapunov rate": slope}
    figure = curves(
        lines, steps=dict.fromkeys(lines, t), x_label="step", y_label="distance",
        title=f"two states 1e-6 apart, gain {gain:g}", log_y=True,
    )  # fmt: skip
    return Picture(
        figure,
        alt="Distance of two nearby states against time: it grows in the asymmetric net only",
        caption="In the asymmetric net nearby states part like e^(λt) until they are as far apart "
        f"as any two, λ = {rate['asymmetric']:.3f} nats per step; in the symmetric one they meet "
        f"again (λ = {rate['symmetric']:.3f}).",
    )


if __name__ == "__main__":
    main()
