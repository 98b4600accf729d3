"""Pictures of the page on blocks: their graphs, and gradients on the way down."""

from pathlib import Path

import torch
from torch import nn

from harmonium.nets.dense_block import DenseLayer
from harmonium.nets.residual import BasicBlock
from harmonium.nets.spatial import batch_norm, convolution
from harmonium.random import seeded
from harmonium.report.style import INK, MUTED, PALETTE, above, blank, chart, heading

HERE = Path(__file__).parent
DEPTH, MAPS = 48, 16

BOX = {"boxstyle": "round,pad=0.35", "linewidth": 1}
BLOCKS = {
    "Inception": (
        {
            "x": (1.5, 0, "maps below"),
            "a": (0, 1.5, "1 x 1"),
            "b": (1, 1, "1 x 1"),
            "B": (1, 2, "3 x 3"),
            "c": (2, 1, "1 x 1"),
            "C": (2, 2, "5 x 5"),
            "d": (3, 1, "max 3 x 3"),
            "D": (3, 2, "1 x 1"),
            "y": (1.5, 3, "concatenated"),
        },
        ["xa", "xb", "bB", "xc", "cC", "xd", "dD", "ay", "By", "Cy", "Dy"],
    ),
    "residual": (
        {
            "x": (0, 0, "maps below"),
            "a": (0, 1, "3 x 3"),
            "b": (0, 2, "3 x 3"),
            "y": (0, 3, "sum"),
        },
        ["xa", "ab", "by", "x)y"],
    ),
    "bottleneck": (
        {
            "x": (0, 0, "256 maps"),
            "a": (0, 0.8, "1 x 1, 64"),
            "b": (0, 1.5, "3 x 3, 64"),
            "c": (0, 2.2, "1 x 1, 256"),
            "y": (0, 3, "sum"),
        },
        ["xa", "ab", "bc", "cy", "x)y"],
    ),
    "dense": (
        {
            "x": (0, 0, "maps below"),
            "a": (0, 1, "k maps"),
            "b": (0, 2, "k maps"),
            "y": (0, 3, "concatenated"),
        },
        ["xa", "ab", "by", "x)b", "x)y", "a)y"],
    ),
}


def draw(ax, nodes, edges):
    """Boxes and arrows; an edge with ")" between its ends goes round the boxes between them."""
    for name, (x, y, text) in nodes.items():
        end = name in "xy"
        colours = {"fc": "white" if end else PALETTE[0], "ec": PALETTE[0]}
        ax.text(
            *(x, y, text),
            color=INK if end else "white",
            fontsize=7,
            ha="center",
            va="center",
            zorder=3,
            bbox={**BOX, **colours},
        )
    for edge in edges:
        (x0, y0, _), (x1, y1, _) = nodes[edge[0]], nodes[edge[-1]]
        around = ")" in edge
        if around:
            far = 1.3 if y1 - y0 > 2 else 1.0
            beside = [0.12 + 0.035 * len(nodes[end][2]) for end in (edge[0], edge[-1])]
            ends = [(x0 + beside[0], y0), (x0 + far, y0), (x1 + far, y1), (x1 + beside[1], y1)]
            ax.plot(*zip(*ends[:3], strict=True), color=PALETTE[1], zorder=1)
            start, end = ends[2:]
        else:
            start, end = (x0, y0 + 0.2), (x1, y1 - 0.2)
        colour = PALETTE[1] if around else MUTED
        arrow = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", end, start, arrowprops=arrow, zorder=2)
    xs = [x for x, *_ in nodes.values()]
    ax.set_xlim(min(xs) - 0.7, max(xs) + (0.7 if len({*xs}) > 1 else 1.5))
    ax.set_ylim(-0.4, 3.4)
    ax.axis("off")


def graphs():
    """The four blocks side by side."""
    figure = blank(9, 3.2, layout="constrained")
    axes = figure.subplots(1, 4, width_ratios=[3.4, 1.6, 1.6, 1.6])
    for ax, (name, block) in zip(axes, BLOCKS.items(), strict=True):
        draw(ax, *block)
        ax.set_title(name, **heading())
    return figure


class Dense(nn.Module):
    """One layer of a dense block, with the maps that it read."""

    def __init__(self, channels):
        super().__init__()
        self.layer = DenseLayer(channels, 4)

    def forward(self, x):
        return torch.cat([x, self.layer(x)], 1)


def stacks():
    """Name -> blocks of two convolutions each."""
    with seeded(0):
        plain = [
            nn.Sequential(
                *(
                    part
                    for _ in range(2)
                    for part in (
                        convolution(
                            MAPS, MAPS, kernel_size=3, padding=1, bias=False, start="he_out"
                        ),
                        batch_norm(MAPS),
                        nn.ReLU(),
                    )
                )
            )
            for _ in range(DEPTH)
        ]
        residual = [BasicBlock(MAPS, MAPS) for _ in range(DEPTH)]
        dense = [Dense(MAPS + 4 * k) for k in range(DEPTH)]
    return {"plain": plain, "residual": residual, "dense": dense}


def norms(blocks):
    """Norm of the gradient at the input of every block, by that at the output of the last."""
    source = torch.Generator().manual_seed(1)
    x = torch.randn(16, MAPS, 12, 12, generator=source).requires_grad_()
    states = [x]
    for block in blocks:
        states.append(block(states[-1]))
    toward = torch.randn(states[-1].shape, generator=source)
    grads = torch.autograd.grad((states[-1] * toward).sum(), states)
    # of the maps that every stack has from its start
    sizes = [float(g[:, :MAPS].norm()) for g in grads]
    return [size / sizes[-1] for size in sizes]


def gradients():
    """Gradients on the way down through as many convolutions of three kinds."""
    figure, ax = chart(5, 3.2)
    for (name, blocks), colour in zip(stacks().items(), PALETTE, strict=False):
        found = norms(blocks)
        print(f"{name}: gradient at the input {found[0]:.3g} of that at the output")
        ax.semilogy(range(len(found)), found, color=colour, label=name)
    ax.set_xlabel("block, of two convolutions")
    ax.set_ylabel("norm of the gradient, at the end 1")
    ax.legend(**above())
    return figure


graphs().savefig(HERE / "inception_residual_dense.png", dpi=130)
gradients().savefig(HERE / "inception_residual_dense-gradients.png", dpi=130)
