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
    Page, Picture, Section, contours, curves, mark, strips, surfaces, write,
)  # fmt: skip
from harmonium.sampling import (
    landscape, lyapunov, overlap, place, recall, trail, trajectory,
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
    heights = {
        name: landscape(hopfield(n, weights=weights), pair, temperature=0.5) / n
        for name, (pair, weights) in panels.items()
    }
    shared = float((near[0] == near[1]).float().mean())
    figure = surfaces(heights, labels=(*AXES, ""), title="free energy per unit, T = 0.5")
    return Picture(
        figure,
        alt="Three surfaces: a bowl, four valleys, two valleys",
        caption="Height: mean-field free energy per unit, in nats, of independent units whose means "
        "are s times the first pattern where the two agree (first axis) and d times where they "
        "differ (second axis), at temperature .5. Nothing stored: entropy alone, one bowl. Far "
        "apart: a valley for each of the two (right) and for their mirror images (left). "
        f"Overlapping (O and Q agree on {shared:.0%} of the pixels): the two share one valley.",
    )


def one_recall(letter, shape):
    """From a damaged letter: the path on the landscape, the energy, the pictures."""
    pair = torch.cat([letter["A"], letter["X"]])
    n = pair.shape[1]
    net = hopfield(n, weights=hebb(pair))
    flipped = torch.rand(1, n, generator=generator(3)) < 0.35
    start = torch.where(flipped, -letter["A"], letter["A"])
    steps = trail(net, {"x": start}, every=29, sweeps=2)["x"][:, 0]
    energies = net.energy({"x": steps}).detach()
    yield Picture(
        contours(
            landscape(net, pair),
            path=place(steps, pair),
            marks={"A": (1, 1), "X": (1, -1), "mirrored X": (-1, 1), "mirrored A": (-1, -1)},
            labels=(*AXES, "energy, nats"),
            title="recall of A, from 35 % of its pixels wrong",
        ),
        alt="Contours of the energy over a square with a path from near its middle to the corner A",
        caption="Every state has a place on the square: its overlap with A where A and X agree, "
        "and where they differ. As Hebb's rule stored these two alone, the energy of a state is "
        "the height of its place to within one nat.",
    )
    yield Picture(
        curves({"energy": energies}, x_label="rows of pixels asked", y_label="energy, nats", title="two sweeps",
               steps={"energy": torch.arange(len(energies))}),
        alt="The energy against the rows of pixels asked: it falls and never rises",
        caption=f"The energy after each row of 29 units, from {energies[0]:.0f} to {energies[-1]:.0f} nats; the "
        f"largest step up is {max(0.0, float(energies.diff().max())):.0e}.",
    )  # fmt: skip
    looks = torch.arange(0, 32, 4)
    yield Picture(
        strips({"A": (steps[looks] + 1) / 2}, shape, title="the same recall, every four rows"),
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
        caption=f"Mean overlap with the letter that was meant: {', '.join(told)}. Letters share most "
        "of their pixels, so Hebb's rule stores their mean 26 times; the projection does not mind.",
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
        alt=f"Overlap against load: {at[0.12]:.3f} at .12, {at[0.15]:.3f} at .15, {at[0.18]:.3f} at .18",
        caption=f"Mean overlap of the first 100 patterns: {at[0.12]:.3f} at a load of .12, "
        f"{at[0.15]:.3f} at .15, {at[0.18]:.3f} at .18. Memory breaks down at .138 (Amit, Gutfreund "
        "and Sompolinsky, 1985); the often quoted .15 lies past it.",
    )


def chaos(n=300, gain=2.0, steps=220):
    """Two states that differ by 1e-6, in an asymmetric and in a symmetric net."""
    j = torch.randn(n, n, generator=generator(1), dtype=torch.float64) / n**0.5
    x = torch.randn(1, n, generator=generator(2), dtype=torch.float64)
    nudge = torch.randn(1, n, generator=generator(4), dtype=torch.float64)
    apart, rate = {}, {}
    for name, weights in {"asymmetric": j, "symmetric": (j + j.mT) / 2**0.5}.items():
        settled = trajectory(weights, x, gain=gain, steps=200)[-1]
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
        caption="In the asymmetric net nearby states part like e^(λt) until they are as far apart as "
        f"any two, λ = {rate['asymmetric']:.3f} nats per step; in the symmetric one they meet again "
        f"(λ = {rate['symmetric']:.3f}).",
    )


if __name__ == "__main__":
    main()
