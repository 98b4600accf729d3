"""Checks which settings of a recipe fit together, beyond each setting alone."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from harmonium.describe.component import Component
from harmonium.describe.problems import Path, Problem, dotted
from harmonium.describe.read import Document
from harmonium.describe.recipe import Recipe
from harmonium.describe.values import type_name
from harmonium.figures import Direction, figure
from harmonium.judge_types import BASELINES
from harmonium.registry import SHARED, target

__all__ = ["check"]

Found = Iterator[tuple[Path, str]]

_STACKS = {"belief_net", "convolutional_belief_net"}
"""Machines that are stacks of RBMs, not a single energy graph."""

_CONVOLUTIONAL = {"convolutional_belief_net", "convolutional_rbm"}
"""Machines of feature maps."""

_LAYERED = {"rbm", "belief_net", "dbm", "multimodal_dbm", *_CONVOLUTIONAL}
"""Machines of layers, each connected with the next."""

_MACHINES = {*_LAYERED, "classification_rbm"}
"""Energy models, which classify only with a label group or after they are unrolled."""

_UNROLLED = {*_LAYERED, "autoencoder", "codec"} - {"multimodal_dbm"}
"""Models that can become a classifier with a new output layer."""

_LABELLED = {"classification_rbm"}
"""Machines with a label group."""

_UNLABELLED = {"frey_faces", "patches"}
"""Readers that never have labels."""

_OWN_VALIDATION = {"arrays", "image_folder"}
"""Readers that may supply validation rows."""


def check(recipe: Recipe, document: Document) -> list[Problem]:
    """Returns all problems between settings; those that depend on the data are found later."""
    messages = (
        *_root(recipe),
        *_counts(recipe),
        *_machine(recipe),
        *_layers(recipe),
        *_stages(recipe),
        *_nets(recipe),
        *_optimisers(recipe),
        *_rates(recipe),
        *_verdicts(recipe),
        *_data(recipe),
        *_monitors(recipe),
    )
    return [Problem(document.place(path), dotted(path), message) for path, message in messages]


def _root(recipe: Recipe) -> Found:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", recipe.name):
        yield (
            ("name",),
            f"is {recipe.name[:110]!r}; it names a folder: use letters, digits, '-', '_' and '.'",
        )
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,3})?", recipe.device):
        yield (
            ("device",),
            f"is {recipe.device!r}; needed: auto, cpu, cuda, cuda:0 (or another number) or mps",
        )
    if recipe.seed is not None and recipe.seed + recipe.repeats > 2**31:
        yield ("seed",), f"is {recipe.seed}; with {recipe.repeats} repeats it passes 2147483647"
    if not recipe.output or "\0" in recipe.output:
        yield ("output",), "names no folder"


_MOST = {
    ("repeats",): 10_000,
    ("threads",): 1024,
    ("checkpoint", "keep"): 10_000,
    ("checkpoint", "log_spaced"): 10_000,
}
"""Maximum values of numbers of things that are made or kept; larger ones are slips."""

_LADDER = {"betas": 10**8, "chains": 10**6, "reverse_sweeps": 10**9}
"""Maximum values of a likelihood judge's settings; ``harmonium likelihood`` has the same."""


def _counts(recipe: Recipe) -> Found:
    for path, most in _MOST.items():
        value: Any = recipe
        for name in path:
            value = getattr(value, name)
        if value is not None and value > most:
            yield path, f"is {value}; at most {most} is needed"
    for k, judge in enumerate(recipe.judge):
        for name, most in _LADDER.items():
            value = judge.settings.get(name, 0)
            if value > most:
                yield ("judge", k, name), f"is {value}; at most {most} is needed"


def _machine(recipe: Recipe) -> Found:
    units = recipe.model.settings.get("units")
    if recipe.model.type in ("belief_net", "dbm") and isinstance(units, tuple) and len(units) < 2:
        yield (
            ("model", "units"),
            "has one group; there must be visible units and at least one hidden group",
        )


def _layers(recipe: Recipe) -> Found:
    """Problems of a net that is described by its layers, whose shapes are found by torch."""
    layers: Any = recipe.model.settings.get("layers")
    described = isinstance(layers, tuple) and all(getattr(x, "kind", "") in SHARED for x in layers)
    if not described:
        return
    from harmonium.describe.size import outlined
    from harmonium.nets.described import LayerError

    try:
        net: Any = outlined(recipe)
        shape = net.nodes[-1].shape
        if len(shape) != 1:
            said = f"the outputs of the net have the shape {shape}: end with flatten and linear"
            yield ("model", "layers", len(layers) - 1), said
    except LayerError as error:
        label = f"({error.label}) " if error.label else ""
        yield ("model", *error.place), f"{label}{error.reason}"
    except ValueError as error:
        yield ("model",), str(error)


def _stages(recipe: Recipe) -> Found:
    if not recipe.learning():
        yield (), "says nothing of learning; give at least one of pretrain, train and fine_tune"
    kind = recipe.model.type
    pretraining = type_name(recipe.pretrain)
    if pretraining == "greedy" and kind not in _LAYERED:
        yield (
            ("pretrain",),
            f"greedy pre-training needs a model of layers ({', '.join(sorted(_LAYERED))}), "
            f"not {kind}",
        )
    if pretraining == "layerwise" and kind != "autoencoder":
        yield ("pretrain",), f"layerwise pre-training needs an autoencoder, not {kind}"
    depth = _depth(recipe.model)
    for path, stage in _learning(recipe):
        entries = len(getattr(stage, "layers", ()))
        if depth is not None and entries > depth:
            yield (*path, "layers"), f"has {entries} entries, the model {depth} layers"
    training = type_name(recipe.train)
    if training == "energy" and kind in _STACKS:
        yield (
            ("train",),
            f"energy trains a single energy graph, and a {kind} is a stack of them: use pretrain, "
            "or train with up_down",
        )
    if training == "up_down" and kind not in _STACKS:
        yield ("train",), f"up_down trains a stack of graphs, not a {kind}: use energy"
    if training == "discriminative" and kind not in _LABELLED:
        yield (
            ("train",),
            f"discriminative needs a model with a label ({', '.join(sorted(_LABELLED))}), not "
            f"{kind}",
        )
    if recipe.fine_tune is not None and kind not in _UNROLLED:
        yield (
            ("fine_tune",),
            f"a net can be unrolled from a model of layers ({', '.join(sorted(_UNROLLED))}), "
            f"not from {kind}",
        )


def _nets(recipe: Recipe) -> Found:
    made = [path for path, stage in _learning(recipe) if "net" in stage.makes]
    for path in made[1:]:
        yield path, "makes a second net, and a run keeps one: leave this or the first one out"


def _depth(machine: Component) -> int | None:
    """Number of layers for pre-training."""
    deep = len(machine.settings.get("units") or ()) - 1
    pathways = (machine.settings.get("pathways") or {}).values()
    joined = 1 + sum(len(groups) - 1 for groups in pathways)
    maps = machine.settings.get("maps")
    depths = {
        **dict.fromkeys(("belief_net", "dbm", "autoencoder"), deep),
        **dict.fromkeys(("rbm", "convolutional_rbm"), 1),
        "convolutional_belief_net": len(maps) if isinstance(maps, tuple) else None,
        "multimodal_dbm": joined,
    }
    return depths.get(machine.type)


def _learning(recipe: Recipe) -> list[tuple[Path, Any]]:
    """Every stage with its path: the three short forms, then those of the list."""
    short = ((key, getattr(recipe, key)) for key in ("pretrain", "train", "fine_tune"))
    stages: list[tuple[Path, Any]] = [((key,), stage) for key, stage in short if stage is not None]
    return [*stages, *((("stages", k), stage) for k, stage in enumerate(recipe.stages))]


def _optimisers(recipe: Recipe) -> Found:
    """Problems that torch would report only when the stage begins, perhaps after hours."""
    stages: list[tuple[Path, Any]] = []
    for path, stage in _learning(recipe):
        layers = range(len(getattr(stage, "layers", ())))
        stages += [(path, stage), *(((*path, "layers", k), stage.layer(k)) for k in layers)]
    for path, stage in stages:
        if not hasattr(stage, "optimiser"):
            continue
        given = stage.optimiser.settings
        if given.get("nesterov") and (not given["momentum"] or given["dampening"]):
            yield (*path, "optimiser"), "nesterov needs a momentum above 0, and no dampening"
        if any(beta >= 1 for beta in given.get("betas", ())):
            yield (*path, "optimiser", "betas"), f"are {list(given['betas'])}; below 1 is needed"
        rising = any(schedule.type == "momentum" for schedule in stage.schedules)
        if rising and "momentum" not in given:
            yield (
                (*path, "schedules"),
                f"{stage.optimiser.type} has no momentum to schedule: use sgd, or leave it out",
            )


_WHOLE_RATE = {"cosine", "linear_decay", "one_cycle", "step"}
"""Schedules that set the learning rate by themselves; of several, only the last has an effect."""


def _rates(recipe: Recipe) -> Found:
    for path, stage in _learning(recipe):
        types = [schedule.type for schedule in getattr(stage, "schedules", ())]
        setting = [name for name in types if name in _WHOLE_RATE]
        if len(setting) > 1:
            yield (
                (*path, "schedules"),
                f"{' and '.join(setting)} both set the learning rate: keep one of them, and "
                "warm_up or momentum beside it",
            )
        for k, schedule in enumerate(getattr(stage, "schedules", ())):
            rising = schedule.settings.get("epochs", 0) if schedule.type == "warm_up" else 0
            if rising > getattr(stage, "epochs", rising):
                yield (
                    (*path, "schedules", k, "epochs"),
                    f"is {rising:g}, and the stage has {stage.epochs}: the learning rate would "
                    "never be reached; give a shorter warm-up, or more epochs",
                )


def _verdicts(recipe: Recipe) -> Found:
    net = recipe.fine_tune is not None or any(type_name(s) == "unroll" for s in recipe.stages)
    for key in ("compare", "judge", "track"):
        components: tuple[Component, ...] = tuple(getattr(recipe, key))
        names = [component.type for component in components]
        for k, component in enumerate(components):
            if component.type in names[:k]:
                yield (key, k), f"{component.type} stands here twice; results go by this name"
            for name, value in component.settings.items():
                if value == () and key == "compare":
                    yield (key, k, name), "is empty; give at least one value to choose from"
            reads = recipe.model.type in _LABELLED or recipe.model.settings.get("classes")
            needs_net = component.type == "random_start" or (
                component.type == "accuracy" and recipe.model.type in _MACHINES and not reads
            )
            if needs_net and not net:
                yield (key, k), f"{component.type} needs the net of a fine_tune section"
        if key == "compare" and recipe.data.source.type in _UNLABELLED and _labels(names):
            yield (key,), f"needs labels, and {recipe.data.source.type} has none"


def _labels(baselines: Sequence[str]) -> bool:
    """Whether one of these baselines reads labels."""
    needs = [need for name in baselines for need in target(BASELINES[name]).needs.data]
    return any(need.startswith("labelled") for need in needs)


def _data(recipe: Recipe) -> Found:
    data = recipe.data
    labels = data.labels
    if data.validation >= 1:
        yield ("data", "validation"), "is 1; some rows must be left to learn from"
    if labels is not None and (labels.per_class is None) == (labels.fraction is None):
        yield ("data", "labels"), "needs exactly one of per_class and fraction"
    if labels is not None and labels.fraction == 0:
        yield ("data", "labels", "fraction"), "is 0; some rows must keep their labels"
    unlabelled = data.source.type in _UNLABELLED
    if unlabelled and labels is not None:
        yield ("data", "labels"), f"{data.source.type} has no labels to choose from"
    if unlabelled and recipe.model.type in _LABELLED:
        yield ("model",), f"learns from labels, and {data.source.type} has none: take type rbm"
    if unlabelled and recipe.fine_tune is not None:
        yield ("fine_tune",), f"classify needs labels, and {data.source.type} has none"


def _monitors(recipe: Recipe) -> Found:
    watched: list[tuple[Path, str, Direction | None]] = []
    for place, stage in _learning(recipe):
        stopping = getattr(stage, "early_stopping", None)
        if stopping is not None:
            path = (*place, "early_stopping", "monitor")
            watched.append((path, stopping.monitor, stopping.mode))
    if recipe.checkpoint.best is not None:
        watched.append((("checkpoint", "best"), recipe.checkpoint.best, None))
    for path, name, mode in watched:
        known = figure(name).better
        if not re.fullmatch(r"(train|val)/[a-z][a-z0-9_]*", name):
            yield path, f"is {name!r}; a metric is named like val/error, val/loss or train/loss"
        elif name.startswith("val/") and not _validated(recipe):
            yield path, f"is {name!r}, but no rows are set aside: give data.validation a share"
        elif known is None and mode is None:
            more = "take another one" if path[-1] == "best" else "give mode: min or max"
            yield path, f"is {name!r}; whether less or more of it is better is not known: {more}"
        elif known is not None and mode not in (None, known):
            more = "more" if known == "max" else "less"
            yield (
                (*path[:-1], "mode"),
                f"is {mode}, but {more} {name} is better: leave mode out, or give {known}",
            )


def _validated(recipe: Recipe) -> bool:
    """Whether the run may have validation rows."""
    return recipe.data.validation > 0 or recipe.data.source.type in _OWN_VALIDATION
