"""RBMs on letters without a penalty, with L2 and with L1: one page of what they learned.

python examples/letters.py                         # trains letters_rbm three times: minutes
python examples/letters.py --runs a b c            # three runs that are there already
"""

import argparse

import torch

import harmonium as hm
from harmonium.data import font_letters
from harmonium.describe.builtin import find
from harmonium.report import (
    Page,
    Picture,
    Section,
    filters,
    growth,
    strips,
    weighted_sum,
    write,
)  # fmt: skip
from harmonium.runs.checkpoint import read

PENALTIES = {
    "no penalty": "[]",
    "L2": "[{type: l2, strength: 0.01}]",
    "L1": "[{type: l1, strength: 0.003}]",
}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="letters.html")
    options.add_argument("--epochs", type=int, default=500)
    options.add_argument("--runs", nargs=3, help="in the order " + ", ".join(PENALTIES))
    args = options.parse_args()
    if args.runs:
        runs = dict(zip(PENALTIES, map(hm.Run.open, args.runs), strict=True))
    else:
        runs = {
            name: hm.train(
                find("letters_rbm"),
                f"train.penalties={penalty}",
                f"train.epochs={args.epochs}",
                "judge=[]",
            )
            for name, penalty in PENALTIES.items()
        }
    data = font_letters()
    machines = {name: run.machine() for name, run in runs.items()}
    last = list(machines)[-1]
    sections = [
        Section("Reconstructions", [reconstructed(machines, data)]),
        Section(
            "Filters", [filters_of(name, graph, data.shape) for name, graph in machines.items()]
        ),
        Section("An RBM as a basis", [basis(machines[last], data, name=last)]),
        Section("Filters through training", [through_training(runs[last], data.shape, name=last)]),
    ]
    page = Page(
        title="Letters",
        verdict="L2 makes filters small and smooth; L1 makes most weights zero, and what is left "
        "are strokes.",
        sections=sections,
    )
    print(write(page, args.output))


def weight(graph):
    return graph.connections["v-h"].weight.detach()


def hidden(graph, v):
    return graph.units["h"].mean(graph.field("h", {"v": v})).detach()


def again(graph, v):
    return graph.units["v"].mean(graph.field("v", {"h": hidden(graph, v)})).detach()


def reconstructed(machines, data):
    """Letters of a font that was not learned, and what comes back."""
    x = data.test
    rows, told = {"data": x[:13]}, []
    spread = float((x - data.train.mean(0)).square().mean())
    for name, graph in machines.items():
        found = again(graph, x)
        rows[name] = found[:13]
        told.append(f"{name} {float((found - x).square().mean()) / spread:.0%}")
    return Picture(
        strips(rows, data.shape, title="letters of a font that was not learned"),
        alt="Rows of letters: as drawn, and as three machines reconstruct them",
        caption="One mean pass up and down. Mean squared error over all 234 test letters, as a "
        f"share of that of the training mean: {', '.join(told)}.",
    )


def filters_of(name, graph, shape):
    """The 49 strongest filters."""
    w = weight(graph)
    small = float((w.abs() < 0.01).float().mean())
    out = int((w.abs().amax(1) < 0.05).sum())
    return Picture(
        filters(w, shape, count=49, title=name),
        alt=f"{name}: 49 signed filters",
        caption=f"{name}: the 49 filters of largest norm; norm of all weights "
        f"{float(w.norm()):.0f}, {small:.0%} of them below .01 in magnitude, {out} of {len(w)} "
        "units with none above .05.",
    )


def basis(graph, data, *, name):
    """A letter as an offset and a weighted sum of filters."""
    k = data.test_labels.tolist().index(data.classes.index("R"))
    v = data.test[k : k + 1]
    mean = hidden(graph, data.train).mean(0, keepdim=True)
    figure = weighted_sum(
        v[0],
        (hidden(graph, v) - mean)[0],
        filters=weight(graph),
        offset=graph.field("v", {"h": mean})[0].detach() + graph.units["v"].bias.detach(),
        shape=data.shape,
        title=f"R as a weighted sum of filters ({name})",
    )
    return Picture(
        figure,
        alt="The terms of a sum of filters, and below them what the sum shows so far: an R",
        caption="Above: the field of the mean activities, and filters times what the "
        "activities of this letter add to the mean, the largest first. Below: the logistic "
        "function of the sum so far, and the letter itself.",
    )


def through_training(run, shape, *, name, count=10):
    """The filters that end up strongest, at updates on a logarithmic scale."""
    found = {}
    for file in sorted((run.path / "checkpoints").glob("step-*.safetensors"))[-6:]:
        stage = read(file)["stage"]
        found[f"{stage['updates']:,d}"] = stage["step"]["graph"]["connections.v-h.weight"]
    top = weight(run.machine()).norm(dim=1).argsort(descending=True)[:count]
    return Picture(
        growth({k: w[top] for k, w in found.items()}, shape, title=name, word="update"),
        alt="Ten filters, a row for each time: from noise to strokes",
        caption="Filters that are strongest in the end, from the run's log-spaced checkpoints.",
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
