"""Training of an ordinary net by gradient descent on an objective."""

import copy
import warnings
from typing import Any

from torch import Generator, nn

from harmonium.data import Examples
from harmonium.describe import build
from harmonium.describe.ends import last_setting
from harmonium.errors import UsageError
from harmonium.learning import Averaged, Descent, Training, ranks
from harmonium.learning.auxiliary import with_auxiliary
from harmonium.learning.max_norm import max_norm
from harmonium.learning.weights_of_classes import ClassWeight, class_weights
from harmonium.models import Classifies, Filters, Predicts, Tags, Transduces
from harmonium.models.net import NetModel
from harmonium.needs import Needs, unmet
from harmonium.nets.dropout import set_source
from harmonium.stages.training import noise_of, training_of
from harmonium.stages.trial import Trial
from harmonium.watch import (
    FlowWatch,
    ObjectiveWatch,
    PathWatch,
    ValidationWatch,
    Watch,
    WeightsWatch,
    WritingWatch,
)

__all__ = [
    "check_outputs",
    "check_precision",
    "check_processes",
    "groups",
    "known_rows",
    "net_training",
]

PLANE = 2
"""Values of a row up to which a fit can be drawn, so that the path of the net is kept."""


def net_training(
    trial: Trial,
    settings: Any,  # noqa: ANN401
    *,
    model: NetModel,
    name: str,
) -> Training:
    """Makes the training of a net that classifies, predicts or writes, by its stage's settings.

    Raises:
        ValueError: no training row has a label or a target, or the outputs of the net fit neither
            the rows nor the objective.
    """
    if not isinstance(model, Classifies | Predicts | Tags | Transduces):
        raise UsageError(
            f"{name}: supervised training needs a net of classes, values or sequences, and the "
            "outputs of "
            f"the model are {model.output_kind}: take another model, or another stage"
        )
    check_processes(model, name=name)
    objective = build(settings.objective)
    rows = known_rows(trial, model, name=name, column=getattr(objective, "learns", "y"))
    if settings.class_weight is not None:
        rows = _weighted(rows, trial, weight=settings.class_weight, name=name)
    rows = _counted(rows)
    check_outputs(model, objective, name=name)
    _doubt_end(model, name=name)
    objective = with_auxiliary(objective, model.net)
    check_precision(settings, rows, name=name)
    model.take_units(rows.columns)
    learned = model.net if settings.average is None else copy.deepcopy(model.net)
    lr = settings.optimiser.settings["lr"]
    made = groups(learned, lr=lr, head_rate=settings.head_rate, name=name)
    if settings.decay == "weights":
        made = [half for group in made for half in _halves(group)]
    optimiser = build(settings.optimiser, made)
    watches: list[Watch] = [WeightsWatch(None, model if isinstance(model, Filters) else None)]
    if 0 < model.width <= PLANE:
        watches.append(PathWatch(model.net))
    if (held := trial.known(trial.data.validation)) is not None:
        watches = [*_held_out(model, objective, rows=held), *watches]
    watches.append(FlowWatch(learned, objective, rows=model.reads(rows), optimiser=optimiser))
    limit, average = settings.max_norm, settings.average

    def begin(source: Generator) -> tuple[Descent | Averaged, list[Watch]]:
        set_source(learned, source)
        learner = Descent(
            learned,
            optimiser,
            objective,
            None if limit is None else max_norm(learned, limit),
            clip=settings.clip,
            parts=settings.accumulate,
            precision=settings.precision,
        )
        if average is None:
            return learner, watches
        return Averaged(model.net, learner, decay=average), watches

    return training_of(
        trial,
        settings,
        name=name,
        rows=model.reads(rows),
        begin=begin,
        draws=[noise_of(settings, trial)],
    )


def _held_out(model: NetModel, objective: Any, *, rows: Examples) -> list[Watch]:  # noqa: ANN401
    """Watches of validation rows."""
    watches: list[Watch] = []
    if objective.figure != "loss":
        watches.append(ObjectiveWatch(model.net, objective, rows=model.reads(rows)))
    if isinstance(model, Classifies):
        watches.append(ValidationWatch(model, rows))
    if isinstance(model, Transduces):
        watches.append(WritingWatch(model, rows))
    return watches


def _weighted(
    rows: Examples,
    trial: Trial,
    *,
    weight: ClassWeight,
    name: str,
) -> Examples:
    """The rows, with weights that are those of their class times their own."""
    if rows.labels is None:
        raise UsageError(
            f"{name}.class_weight: {trial.data.name} has no classes but targets: leave it out, "
            "or give the rows weights"
        )
    weights = class_weights(rows.labels, trial.data.classes, weight=weight, rows=rows.weights)
    return rows.with_columns(weights=weights)


def _counted(rows: Examples) -> Examples:
    """The rows without those of weight 0, of which a batch might have no others."""
    weights = rows.weights
    if weights is None or not bool((weights == 0).any() and (weights > 0).any()):
        return rows
    return rows.take((weights != 0).nonzero().flatten())


def known_rows(trial: Trial, model: NetModel, *, name: str, column: str = "y") -> Examples:
    """Returns the training rows with a label, a target where the net predicts values, or all.

    All are those of a net that writes sequences, which has met them.

    Args:
        trial: its training rows.
        model: of the net.
        name: of the stage, for messages.
        column: with the labels; one of several labels a row, such as "nodes", takes rows in which
            any is known.

    Raises:
        ValueError: there are no such rows, outputs and classes or targets differ in number,
            or the data draw rows anew for every batch, which only stages of models of
            the rows do. A net that has learned before learns on from the rows as they are.
    """
    if trial.draw is not None and not trial.has_learned(name):
        raise UsageError(
            f"{name}: data.batch_transform draws rows anew for models of the rows, and this stage "
            "learns from the rows as they are: leave it out, or add noise to the stage"
        )
    rows, data = trial.known(trial.data.train), trial.data
    if isinstance(model, Tags | Transduces):
        if reason := unmet(Needs(data=("written",)), [], data=data):
            raise UsageError(f"{name}: {reason}")
        assert rows is not None
        return rows
    real = isinstance(model, Predicts)
    if reason := unmet(
        Needs(data=("targets train" if real else "labelled train",)), [], data=data
    ):
        raise UsageError(f"{name}: {reason}")
    several = trial.data.train.columns.get(column) if column != "y" else None
    if several is not None:
        labelled = (several[:] >= 0).flatten(1).any(1)
        rows = trial.data.train.take(labelled.nonzero().flatten())
    assert rows is not None
    needed, what = (len(data.targets), "targets") if real else (len(data.classes), "classes")
    if model.sizes[-1] != needed:
        raise UsageError(
            f"model: the net has {model.sizes[-1]} outputs, but {data.name} has {needed} {what}: "
            f"make {last_setting(getattr(model.net, 'settings', {}))} {needed}"
        )
    return rows


def check_outputs(model: NetModel, objective: Any, *, name: str) -> None:  # noqa: ANN401
    """Checks that an objective accepts the outputs of a net.

    Raises:
        ValueError: it does not; the message lists the outputs that it accepts.
    """
    if model.output_kind not in objective.outputs:
        inner = getattr(objective, "objective", objective)
        raise UsageError(
            f"{name}: the outputs of the model are {model.output_kind}, and the objective "
            f"{inner.figure if inner.figure != 'loss' else 'cross_entropy'} compares "
            f"{' or '.join(objective.outputs)}: take another objective, or other outputs of the "
            "model"
        )


_BOUNDED = {"relu": "never below 0", "relu6": "from 0 to 6", "tanh": "from -1 to 1"}
"""Layer -> its values, which hold back the logits of a net that ends with it."""

_PASSED = {"dropout", "dropout2d", "flatten", "identity", "unflatten"}
"""Layers that change no value, or only in training."""


def _doubt_end(model: NetModel, *, name: str) -> None:
    """Warns of a described net whose logits are the values of an activation function."""
    nodes = {node.name: node for node in getattr(model.net, "nodes", ())}
    if not nodes or model.output_kind == "values":
        return
    node = [*nodes.values()][-1]
    while node.type in _PASSED and node.inputs[0] in nodes:
        node = nodes[node.inputs[0]]
    if node.type in _BOUNDED:
        warnings.warn(
            f"{name}: the net ends with {node.type} ({node.name}), so its logits are "
            f"{_BOUNDED[node.type]}, and some classes may never be found: end with linear",
            stacklevel=2,
        )


def check_processes(model: NetModel, *, name: str) -> None:
    """Refuses batch normalisation in several processes, whose running means would differ."""
    normalised = any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in model.net.modules())
    if normalised and (size := ranks.world().size) > 1:
        raise UsageError(
            f"{name}: batch normalisation takes its statistics from the rows of one process, and "
            f"this run has {size}: use one process, or another norm of the model"
        )


def check_precision(settings: Any, rows: Examples, *, name: str) -> None:  # noqa: ANN401
    """Refuses mixed precision on a processor, where it is slower and less exact."""
    device = rows.x.device.type
    if settings.precision == "mixed" and device != "cuda":
        raise UsageError(
            f"{name}.precision: mixed precision is for GPUs, and this run is on {device}: leave "
            "it out, or set device: cuda"
        )


def _halves(group: dict[str, Any]) -> list[dict[str, Any]]:
    """A group cut into weights, and biases and parameters of norms, which do not decay."""
    weights = [p for p in group["params"] if p.ndim > 1]
    others = [p for p in group["params"] if p.ndim <= 1]
    return [{**group, "params": weights}, {**group, "params": others, "weight_decay": 0.0}]


def groups(
    net: nn.Module,
    *,
    lr: float,
    head_rate: float | None = None,
    name: str = "train",
) -> list[dict[str, Any]]:
    """Parameter groups for the optimiser, in the order of their kinds.

    First come the layers below the output layer, then the output layer, then layers with a rate
    of their own.

    Args:
        net: its ``nodes``, if it has them, give rates of layers; frozen parameters are left out.
        lr: learning rate of the optimiser.
        head_rate: learning rate of the output layer; None for the optimiser's.
        name: of the stage, for the message.

    Raises:
        ValueError: every parameter is frozen.
    """
    parts: list[tuple[nn.Module, float]]
    if hasattr(net, "nodes"):
        nodes: Any = net.nodes
        parts = [(node.module, node.rate) for node in nodes]
    else:
        parts = [(part, 1.0) for part in net.children()]
    within = {parameter for part, _ in parts for parameter in part.parameters()}
    own = [parameter for parameter in net.parameters() if parameter not in within]
    listed = [(own, 1.0), *((part.parameters(), rate) for part, rate in parts)]
    learning = [([p for p in found if p.requires_grad], rate) for found, rate in listed]
    learning = [(parameters, rate) for parameters, rate in learning if parameters]
    if not learning:
        raise UsageError(f"{name}: every layer of the model is frozen: leave one to learn")
    *body, (head, factor) = learning
    made: dict[float, list[nn.Parameter]] = {1.0: []}
    for parameters, rate in body:
        made.setdefault(rate, []).extend(parameters)
    first, *rest = [
        {"params": found} | ({} if rate == 1 else {"lr": lr * rate})
        for rate, found in made.items()
    ]
    last: dict[str, Any] = {"params": head}
    if head_rate is not None or factor != 1:
        last["lr"] = (lr if head_rate is None else head_rate) * factor
    return [first, last, *rest]
