"""Backpropagation, printed: a net of 2-2-1 units, and a chain in which the gradient fades.

python examples/backpropagation.py                 # writes backpropagation.html
"""

import argparse

import torch
from torch import nn

from harmonium.learning import passes
from harmonium.nets.activations import Logistic
from harmonium.report import Page, Picture, Section, Table, write
from harmonium.report.backward_page import backward_page, diagram
from harmonium.report.style import PALETTE, WIDTH, above, chart


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="backpropagation.html")
    args = options.parse_args()
    page = two_two_one_page()
    layers, limits = through_chain()
    print(f"{'weight':>6} {'gradient':>12} {'bound':>12}")
    for k, (layer, limit) in enumerate(zip(layers, limits, strict=True), 1):
        print(f"{k:>6} {float(layer.gradient):12.6e} {limit:12.6e}")
    sections = [*page.sections, Section("A chain of five units", chain_parts(layers, limits))]
    print(write(Page(title=page.title, verdict=page.verdict, subtitle=page.subtitle,
                     facts=page.facts, sections=sections), args.output))  # fmt: skip


def two_two_one():
    """A net of two inputs, two hidden units and one output, all logistic."""
    net = nn.Sequential(nn.Linear(2, 2), Logistic(), nn.Linear(2, 1), Logistic()).double()
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[0.5, -0.5], [1.0, 0.5]]))
        net[0].bias.copy_(torch.tensor([0.0, -0.5]))
        net[2].weight.copy_(torch.tensor([[1.0, -1.0]]))
        net[2].bias.fill_(0.25)
    return net


def two_two_one_layers():
    """Both passes of that net for the row (1, 0) with target 1."""
    x = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    return passes(two_two_one(), x, t=torch.ones(1, 1).double(), loss="squared_error")


def two_two_one_page():
    return backward_page(two_two_one_layers(), t=[1.0], loss="squared_error")


def through_chain(length=5):
    """Both passes of x -> y1 -> ... -> y5 with weights 1, x = 1, target 0; and the bounds."""
    net = nn.Sequential()
    for _ in range(length):
        layer = nn.Linear(1, 1, bias=False).double()
        layer.weight.data.fill_(1)
        net.extend([layer, Logistic()])
    one = torch.ones(1, 1, dtype=torch.float64)
    layers = passes(net, one, t=0 * one, loss="squared_error")
    gap = float(layers[-1].y.abs())
    limits = [float(layer.inputs) * gap / 4 ** (length - k) for k, layer in enumerate(layers)]
    return layers, limits


def chain_parts(layers, limits):
    """The table and the picture of the chain."""
    rows = [
        [str(k), float(layer.y), float(layer.delta), float(layer.gradient), limit]
        for k, (layer, limit) in enumerate(zip(layers, limits, strict=True), 1)
    ]
    names = ["unit k", "y", "δ", "dE/dw", "bound"]
    return [
        "The derivative of the logistic function is at most 1/4. On the way from the last unit to "
        "the first, the error is multiplied by it five times, so that |dE/dw_k| ≤ |y_(k-1)| "
        "|y_5 − t| (1/4)^(6−k) for weights of 1.",
        Table(columns=names, rows=rows, specs=dict.fromkeys(names[1:], ".4g")),
        Picture(chain_chart(layers, limits), alt="Gradients and bounds of the chain by unit"),
        Picture(diagram(layers), alt="The chain with its values, errors and gradients"),
    ]


def chain_chart(layers, limits):
    """Gradients of the chain and their bounds on a logarithmic scale."""
    figure, axes = chart(WIDTH, 2.6, title="The gradient fades towards the first unit")
    units = range(1, len(layers) + 1)
    gradients = [float(layer.gradient) for layer in layers]
    axes.bar(units, gradients, width=0.6, color=PALETTE[0], label="|dE/dw|")
    axes.plot(units, limits, "s--", color=PALETTE[1], ms=5, label="bound by f′ ≤ 1/4")
    axes.set_yscale("log")
    axes.set(xlabel="weight of unit k (1 is next to the input)", ylim=(1e-4, 0.3))
    axes.legend(**above())
    return figure


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
