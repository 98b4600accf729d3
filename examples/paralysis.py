"""A deep net that does not learn, and what mends it: gradients by layer, side by side.

python examples/paralysis.py                # trains the net of letters_deep in 16 forms: a minute
python examples/paralysis.py --seeds 0 1 2
"""

import argparse
import math

import torch

from harmonium import apply
from harmonium.describe import build, load, resolve
from harmonium.describe.builtin import find
from harmonium.report import Page, Picture, Section, Table, write
from harmonium.report.diagnose_page import Look
from harmonium.report.layers import by_layer
from harmonium.stages.plan import trial as new_trial
from harmonium.watch import FlowWatch

NETS = {
    "logistic, N(0, 0.1²)": "",
    "logistic, N(0, 0.01²)": "model.initial=0.01",
    "logistic, Glorot": "model.initial=glorot",
    "logistic, orthogonal": "model.initial=orthogonal",
    "logistic, layer norm": "model.norm=layer",
    "logistic, shortcut before": "model.residual=before",
    "logistic, gain 4": "model.initial=auto",
    "logistic, shortcut after": "model.residual=after",
    "logistic, batch norm": "model.norm=batch",
    "tanh, Glorot": "model.activation=tanh model.initial=glorot",
    "tanh, orthogonal": "model.activation=tanh model.initial=orthogonal",
    "tanh, layer norm": "model.activation=tanh model.norm=layer",
    "ReLU, N(0, 0.01²)": "model.activation=relu model.initial=0.01",
    "ReLU, N(0, 0.01²), batch norm": "model.activation=relu model.initial=0.01 model.norm=batch",
    "ReLU, He": "model.activation=relu model.initial=he",
    "leaky ReLU, He": "model.activation=leaky_relu model.initial=he",
}
"""Name -> settings that differ from the recipe's."""

CHANCE = math.log(26)
PRETRAINED = "logistic, pre-trained"
DRAWN = (
    "logistic, N(0, 0.1²)",
    "logistic, Glorot",
    "logistic, gain 4",
    "logistic, batch norm",
    "tanh, Glorot",
    "ReLU, He",
)


def race(overrides, seed):
    """The net before training and after all updates of the recipe: two looks."""
    recipe = load(find("letters_deep"), [*overrides.split(), f"seed={seed}"])
    first, last = apply.diagnose_recipe(resolve(recipe), updates=10**6).looks
    return first, last


def pretrained(seed, *overrides):
    """The same for the net of letters_pretrained, after the first epoch and at the end.

    Its output layer starts at zero, so that no gradient passes before the first update.
    """
    recipe = resolve(load(find("letters_pretrained"), [*overrides, f"seed={seed}"]))
    data = build(recipe.data.source)
    trial = new_trial(recipe, data, number=0, device=torch.device("cpu"))
    looks = []
    for name, stage in trial.stages.items():
        for part in stage.parts(trial, name):
            training = part.build()
            watches = [watch for watch in training.watches if isinstance(watch, FlowWatch)]
            while not training.done:
                training.update()
                if watches and (training.updates == len(training.batches) or training.done):
                    looks.append(Look(name, training.updates, watches[0].look(), ()))
            if part.then is not None:
                part.then()
    return looks[0], looks[-1]


def measured(seeds):
    """Name -> the two looks of every seed."""
    looks = {name: [race(settings, seed) for seed in seeds] for name, settings in NETS.items()}
    looks[PRETRAINED] = [pretrained(seed) for seed in seeds]
    return looks


def page(looks, seeds):
    """The page of all nets: pictures of six of them, and the table."""
    layers = [layer.name for layer in looks[DRAWN[0]][0][0].flow.layers]
    pictures = [
        Picture(
            by_layer(
                {n: [x.gradient for x in looks[n][0][at].flow.layers] for n in DRAWN},
                layers,
                y_label="norm of the gradient",
                title=when,
            ),
            alt=f"{when}: norm of the gradient by layer of {len(DRAWN)} nets.",
            caption=f"Norm of the gradient of every layer's weights, {when}.",
        )
        for at, when in ((0, "before training"), (1, "after 5 epochs"))
    ]
    rows = []
    for name, pairs in looks.items():
        ratios = [first.flow.ratio for first, _ in pairs]
        losses = [last.flow.loss for _, last in pairs]
        learned = "yes" if max(losses) < 1 else "slowly" if max(losses) < 0.95 * CHANCE else "no"
        rows.append([name, range_of(ratios, ".1e"), range_of(losses, ".3f"), learned])
    table = Table(
        columns=["net", "ratio before training", "loss after 5 epochs", "learns"],
        rows=rows,
        caption="Ratio: norm of the gradient of the first layer's weights, relative to the "
        "last layer's. Loss: mean cross-entropy of training letters, in nats; outputs that ignore "
        f"the letters have log 26 = {CHANCE:.4f}. Seeds: {', '.join(map(str, seeds))}. Learns: a "
        "loss below 1 in all seeds; slowly: below 95 % of log 26.",
    )
    return Page(
        title="Paralysis",
        verdict="Logistic units with small weights stop the gradient; other units, batch norm, "
        "a shortcut after the activation, or pre-training let it pass.",
        sections=[Section("Gradients by layer", pictures), Section("All nets", [table])],
    )


def range_of(values, spec):
    """The value, or the lowest and highest of several."""
    low, high = format(min(values), spec), format(max(values), spec)
    return low if low == high else f"{low} to {high}"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--output", default="paralysis.html")
    options.add_argument("--seeds", type=int, nargs="+", default=[0])
    args = options.parse_args()
    torch.set_num_threads(1)
    looks = measured(args.seeds)
    made = page(looks, args.seeds)
    (table,) = made.sections[1].parts
    for row in table.rows:
        print("{:32} {:20} {:16} {}".format(*row))
    print(write(made, args.output))


if __name__ == "__main__":
    main()
