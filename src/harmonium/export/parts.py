"""What of a model can leave the library: functions of tensors, as modules without settings."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.models import Model
from harmonium.needs import able
from harmonium.random import normal
from harmonium.sampling import mean, of_lengths, swept
from harmonium.units import Units

__all__ = ["Part", "What", "part"]

What = Literal["forward", "encode", "decode", "free_energy", "gibbs"]
"""The part of a model that is written."""

SETTLED = 50
"""Mean-field sweeps of hidden groups that are connected with each other."""

_LENGTH = 20
"""Counts in a row of a trial."""

MANY = 1000
"""Largest number of Gibbs sweeps in one file, since every sweep is written out."""


class Part(nn.Module):
    """A function of tensors with names and shapes of its inputs.

    Args:
        model: owns the parameters.
        call: the function, ``(B, *shape)`` for each input -> one tensor, or several.
        inputs: name -> shape of one row.
        outputs: names of the results, in order.
        rows: makes B valid rows of each input, for a trial; None: standard normal numbers.
        random: whether the results are drawn.
    """

    def __init__(  # noqa: PLR0913
        self,
        model: nn.Module,
        call: Callable[..., Any],
        *,
        inputs: Mapping[str, tuple[int, ...]],
        outputs: tuple[str, ...],
        rows: Callable[[int], tuple[Tensor, ...]] | None = None,
        random: bool = False,
    ) -> None:
        super().__init__()
        self.model, self.call, self._rows = model, call, rows
        self.inputs, self.outputs, self.random = dict(inputs), outputs, random

    @torch.no_grad()
    def forward(self, *columns: Tensor) -> Any:  # noqa: ANN401
        """The results for B rows of each input."""
        return self.call(*columns)

    def rows(self, n: int) -> tuple[Tensor, ...]:
        """n valid rows of each input, ``(n, *shape)``."""
        if self._rows is not None:
            return self._rows(n)
        like = next(self.model.parameters())
        return tuple(normal(like.new_empty(n, *shape)) for shape in self.inputs.values())


def part(model: Model | EnergyGraph, what: What, *, steps: int = 1) -> Part:
    """The part of a model that computes ``what``.

    * forward: the outputs of a net, such as logits; log p(class | x) of a machine with a label.
    * encode: the last code, as the ability ``Encodes`` gives it.
    * decode: rows from codes.
    * free_energy: F(x) in nats, ``(B,)``.
    * gibbs: the groups of a machine after ``steps`` sweeps of Gibbs sampling from the given ones,
      and the means of the first group before its last draw. The groups that a sweep draws from
      the others alone are no inputs.

    Args:
        model: the adapted net or machine; or a machine without a group "v".
        what: see above.
        steps: number of Gibbs sweeps.

    Raises:
        ValueError: the model has no such part; the message gives the reason.
    """
    if what not in _PARTS:
        raise UsageError(f"what is {what!r}: choose one of {', '.join(get_args(What))}")
    if not 1 <= steps <= MANY:
        raise UsageError(f"steps is {steps}: from 1 to {MANY} sweeps can be written to a file")
    if what == "gibbs":
        return _gibbs(model, steps)
    if isinstance(model, EnergyGraph):
        raise UsageError(
            f"the machine has the groups {[*model.units]} and none called v, which would hold "
            "rows: only gibbs can be written"
        )
    return _PARTS[what](model)


def _forward(model: Any) -> Part:  # noqa: ANN401
    if hasattr(model, "net"):
        net = model.net
        return Part(net, net, inputs={"x": _shape(model)}, outputs=("output",))
    able(("classifies",), [model])
    graph, below = _top(model)

    def log_probs(x: Tensor) -> Tensor:
        joint, _ = _by_label(graph, below(x))
        return joint.log_softmax(1)

    return _of_rows(model, log_probs, output="log_probability")


def _encode(model: Any) -> Part:  # noqa: ANN401
    able(("encodes",), [model])
    if hasattr(model, "net"):

        def code(x: Tensor) -> Tensor:
            return [*model.codes({"x": x}).values()][-1].flatten(1)

        return Part(model.net, code, inputs={"x": _shape(model)}, outputs=("code",))
    graph, below = _top(model)
    name = [n for n in graph.units if n not in ("v", "y")][-1]

    def means(x: Tensor) -> Tensor:
        v = below(x)
        if "y" not in graph.units:
            return _settled(graph, v)[name].flatten(1)
        joint, each = _by_label(graph, v, name=name)
        return (joint.softmax(1)[..., None] * each).sum(1)

    return _of_rows(model, means, output="code")


def _decode(model: Any) -> Part:  # noqa: ANN401
    able(("decodes",), [model])

    def rows(code: Tensor) -> Tensor:
        return model.decode(code)["x"]

    return Part(model, rows, inputs={"code": (model.sizes[-1],)}, outputs=("x",))


def _free_energy(model: Any) -> Part:  # noqa: ANN401
    able(("free energy",), [model])
    graph = model.machine.graphs[0]
    units = graph.units["v"]

    def free_energy(x: Tensor) -> Tensor:
        v = x.reshape(-1, *units.shape)
        if "y" in graph.units:
            total = -_by_label(graph, v)[0].logsumexp(1)
        else:
            shared = _copies(graph, v)
            out = [name for name in graph.units if name not in shared]
            total = of_lengths(graph, {"v": v}).potential(shared, out)
        return torch.where(units.outside(v), torch.inf, total)

    return _of_rows(model, free_energy, output="free_energy")


def _gibbs(model: Any, steps: int) -> Part:  # noqa: ANN401
    if not isinstance(model, EnergyGraph):
        able(("mixes",), [model])
    graph = model if isinstance(model, EnergyGraph) else model.machine.graphs[-1]
    inputs = _inputs(graph)
    first = next(iter(graph.units))

    def sweeps(*columns: Tensor) -> tuple[Tensor, ...]:
        given = {
            n: x.reshape(-1, *graph.units[n].shape) for n, x in zip(inputs, columns, strict=True)
        }
        bound = of_lengths(graph, {"v": given[first]}) if first == "v" else graph
        state: State = {**given}
        for name in graph.units:  # drawn from the inputs alone
            if name not in given:
                draw = bound.units[name].sample(bound.field(name, given))
                state = {**state, name: draw}
        for _ in range(steps):
            state, fields = swept(bound, state)
        about = fields.get(first)
        means = () if about is None else (mean(bound.units[first], about),)
        return (*(state[name] for name in inputs), *means)

    one = graph.units[first]
    gives_means = graph.blocks(first) is None
    return Part(
        model,
        sweeps,
        inputs={name: tuple(graph.units[name].shape) for name in inputs},
        outputs=(*(f"{n}_next" for n in inputs), *([f"{first}_mean"] if gives_means else [])),
        rows=lambda n: tuple(_drawn(graph.units[name], n) for name in inputs),
        random=True,
    ).to(one.bias.dtype)


_PARTS: dict[str, Callable[[Any], Part]] = {
    "forward": _forward,
    "encode": _encode,
    "decode": _decode,
    "free_energy": _free_energy,
    "gibbs": _forward,
}


def _of_rows(model: Any, call: Callable[[Tensor], Tensor], *, output: str) -> Part:  # noqa: ANN401
    """A part that reads rows of the visible group, flat."""
    units = model.machine.graphs[0].units["v"]
    return Part(
        model,
        call,
        inputs={"x": (model.width,)},
        outputs=(output,),
        rows=lambda n: (_drawn(units, n).flatten(1),),
    )


def _drawn(units: Units, n: int) -> Tensor:
    """n valid values of a group, drawn as if it had no neighbours."""
    with torch.no_grad():
        like = units.bias.new_zeros(n, *units.shape)
        bound = units.given(like.new_full((n,), _LENGTH)) if units.takes_context else units
        return bound.sample(like)


def _shape(model: Any) -> tuple[int, ...]:  # noqa: ANN401
    return tuple(model.shape or (model.width,))


def _top(model: Any) -> tuple[Any, Callable[[Tensor], Tensor]]:  # noqa: ANN401
    """The highest graph, and the function from rows to values of its group "v"."""
    machine = model.machine
    units = machine.graphs[0].units["v"]

    def below(x: Tensor) -> Tensor:
        v = x.reshape(-1, *units.shape)
        for graph in machine.upwards:
            v = graph.units["h"].mean(graph.field("h", {"v": v}))
        return v

    return machine.graphs[-1], below


def _settled(graph: Any, v: Tensor) -> State:  # noqa: ANN401
    """Means of the hidden groups: exact, or mean field if they are connected."""
    shared = _copies(graph, v)
    hidden = [name for name in graph.units if name not in shared]
    bound = of_lengths(graph, {"v": v})
    if not any(graph.neighbours(name) & set(hidden) for name in hidden):
        return {name: bound.units[name].mean(bound.field(name, shared)) for name in hidden}
    zeros = {name: v.new_zeros(v.shape[0], *bound.units[name].shape) for name in hidden}
    state: State = {**zeros, **shared}
    for _ in range(SETTLED):
        state, _ = swept(bound, state, rule=mean, hold=dict.fromkeys(shared, True))
    return state


def _by_label(graph: Any, v: Tensor, *, name: str | None = None) -> tuple[Tensor, Tensor]:  # noqa: ANN401
    """Minus the free energy of every class, ``(B, classes)``; means of a group, with each class.

    The means are ``(B, classes, units)``, or empty without a name.
    """
    states = graph.units["y"].states().detach()
    joint, means = [], []
    for one in states:
        state = {"v": v, "y": one.expand(v.shape[0], *one.shape)}
        out = [n for n in graph.units if n not in state]
        joint.append(-graph.potential(state, out))
        if name is not None:
            means.append(graph.units[name].mean(graph.field(name, state)).flatten(1))
    return torch.stack(joint, 1), torch.stack(means, 1) if means else v.new_zeros(0)


def _copies(graph: Any, v: Tensor) -> dict[str, Tensor]:  # noqa: ANN401
    return {name: v for name, u in graph.units.items() if u is graph.units["v"]}


def _inputs(graph: Graph) -> list[str]:
    """Groups from which a sweep can begin: the others are drawn from them alone."""
    drawn: list[str] = []
    for name in reversed([*graph.units][1:]):
        if graph.neighbours(name) & {name, *drawn}:
            break
        drawn.append(name)
    return [name for name in graph.units if name not in drawn]
