"""Picture of the page on dying ReLU: dead units by learning rate, and units that revive."""

from pathlib import Path

import torch

from harmonium import apply
from harmonium.describe import build, load, resolve
from harmonium.describe.builtin import find
from harmonium.report.style import DASHES, MARKERS, PALETTE, above, blank
from harmonium.stages.plan import trial as new_trial
from harmonium.watch import FlowWatch

HERE = Path(__file__).parent
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
KINDS = {
    "ReLU": ("model.activation=relu",),
    "leaky ReLU": ("model.activation=leaky_relu",),
    "leaky, slope 0.2": ("model.activation=leaky_relu", "model.slope=0.2"),
    "ELU": ("model.activation=elu",),
}
EPOCHS, SMALL = 20, 0.001

torch.set_num_threads(1)


def recipe(kind, rate, *more):
    """The recipe with another activation and learning rate."""
    settings = [*kind, f"train.optimiser.lr={rate}", *more]
    return resolve(load(find("letters_dying"), settings))


def dead(kind, rate):
    """Dead units of the first hidden layer after training."""
    look = apply.diagnose_recipe(recipe(kind, rate), updates=10**6).looks[-1]
    first, loss = look.flow.layers[0], look.flow.loss
    print(f"{kind[-1]} {rate}: dead {first.dead}, active {first.active:.3f}, loss {loss:.3f}")
    return first.dead


def started(kind, rate, *more):
    """A training of the recipe, and the watch that measures its net."""
    chosen = recipe(kind, rate, *more)
    trial = new_trial(chosen, build(chosen.data.source), number=0, device=torch.device("cpu"))
    ((name, stage),) = trial.stages.items()
    training = stage.parts(trial, name)[0].build()
    return training, next(w for w in training.watches if isinstance(w, FlowWatch))


def asleep(watch):
    """Units of the first hidden layer that are above 0 on no row."""
    return int((watch.look().activities["h1"].amax(0) <= 0).sum())


def revived(kind, state):
    """The same by epoch, for the net with dead units that learns on at a small rate."""
    training, watch = started(kind, SMALL, f"train.epochs={EPOCHS}")
    training.learner.module.load_state_dict(state)
    counts = [asleep(watch)]
    while not training.done:
        training.update()
        if training.epoch_ended:
            counts.append(asleep(watch))
    print(f"{kind[-1]} at {SMALL}: {counts[0]} -> {counts[-1]}, loss {watch.look().loss:.3f}")
    return counts


def killed():
    """The parameters of the net of the recipe, many of whose units are dead."""
    training, _ = started(KINDS["ReLU"], 0.03)
    while not training.done:
        training.update()
    return {name: x.clone() for name, x in training.learner.module.state_dict().items()}


state = killed()
figure = blank(6.6, 2.8, layout="constrained")
left, right = figure.subplots(1, 2)
for index, (name, kind) in enumerate(KINDS.items()):
    look = {"color": PALETTE[index], "linestyle": DASHES[index], "label": name}
    left.plot(RATES, [dead(kind, r) for r in RATES], marker=MARKERS[index], markersize=4, **look)
    right.plot(range(EPOCHS + 1), revived(kind, state), **look)
left.set(xscale="log", xlabel="learning rate", ylabel="dead units of 100 in layer 1")
right.set(
    xlabel=f"epochs at a rate of {SMALL}", ylabel="units that are never above 0", ylim=(0, 100)
)
for axes in (left, right):
    axes.xaxis.label.set_size(8.5)
    axes.yaxis.label.set_size(8.5)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
left.legend(**above() | {"ncols": 2})
figure.savefig(HERE / "dying_relu.png", dpi=140)
