"""An energy graph as a model: codes, reconstructions, samples and likelihoods of its rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from harmonium.bridge import unroll
from harmonium.data import Rows, mapped
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.learning import compose, copies, doubled, hidden_means, lowest, start_from
from harmonium.likelihood import Ladder, density, quick
from harmonium.memory import need
from harmonium.models.abilities import Batch
from harmonium.models.deciding import MostProbable
from harmonium.models.filters import filters_of
from harmonium.models.model import Model
from harmonium.random import Source
from harmonium.sampling import (
    complete,
    expectations,
    log_conditional,
    log_marginal,
    mean,
    mean_field,
    of_lengths,
    swept,
)
from harmonium.storage import save
from harmonium.units import Units

__all__ = [
    "DeepModel",
    "GraphModel",
    "LabelledModel",
    "RestrictedModel",
    "moves",
    "outline_of",
    "visible",
]

_SETTLE = 50
"""Maximum number of mean-field sweeps where hidden groups are connected with each other."""

_LENGTH = 100
"""Number of words of a document that is drawn freely."""

_ROWS = 1000
"""Number of rows whose hidden fields, for every class, are in memory at the same time."""


class GraphModel(Model):
    """An energy graph whose group "v" holds the column "x", and group "y" the class.

    All other groups are hidden.

    Args:
        graph: the machine; shared, not copied.
    """

    def __init__(self, graph: EnergyGraph) -> None:
        super().__init__()
        self.machine = graph

    @property
    def width(self) -> int:
        """Number of values of a row."""
        return self.machine.units["v"].shape.numel()

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of units of every group, the visible group first."""
        return tuple(units.shape.numel() for units in self.machine.units.values())

    @property
    def growth(self) -> str:
        """Growth of the visible units' energy: "finite" or "quadratic"."""
        return self.machine.units["v"].growth

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the hidden layers, the lowest first."""
        units = self.machine.units
        return tuple(n for n, u in units.items() if n != "y" and u is not units["v"])

    @property
    def label(self) -> str | None:
        """Name of the group of the class, or None."""
        return "y" if "y" in self.machine.units else None

    @property
    def classes(self) -> int:
        """Number of classes of the label group; 0 without one."""
        return 0 if self.label is None else self.machine.units[self.label].shape.numel()

    @property
    def code_width(self) -> int:
        """Number of units of the last hidden layer."""
        return self.machine.units["h"].shape.numel()

    def outline(self) -> list[dict[str, Any]]:
        """One row for each group and connection: "part", "kind", "shape" and "parameters"."""
        return outline_of(self.machine)

    # --- learning ------------------------------------------------------------------------------

    def split(self, depth: int | None = None) -> "list[GraphModel]":
        """The lowest layers (None: all) as models of their own; see ``learning.doubled``."""
        whole = self.machine if depth is None else lowest(self.machine, depth)
        return [RestrictedModel(layer) for layer in doubled(whole)]

    def lowest(self, layers: int) -> "GraphModel | None":
        """Returns the model itself: after its layers, a graph learns as a whole."""
        return self if layers else None

    def as_data(self, values: Tensor, *, layer: int) -> Tensor | None:
        """Returns None: the values of a layer do not go down through directed layers."""
        del values, layer
        return None

    def compose(self, layers: "Sequence[GraphModel]") -> None:
        """Takes over the parameters of its trained layers; see ``learning.compose``."""
        compose(self.machine, [layer.machine for layer in layers])

    def unrolled(self, outputs: int) -> nn.Sequential:
        """A net with the upward weights and a new output layer; see ``bridge.unroll``."""
        return unroll(self.machine, outputs=outputs)

    def state(self, batch: Batch) -> State:
        """State of the observed groups of a batch: rows, and one-hot labels (zeros: no label)."""
        state = {**copies(self.machine, self._visible(batch))}
        if "y" in self.machine.units and "y" in batch:
            state["y"] = self.coded(batch["y"])
        return state

    def up(self, x: Tensor) -> Tensor:
        """Means ``(N, units)`` of the last hidden group for rows ``(N, D)`` of a single layer."""
        return hidden_means(self.machine, self._visible({"x": x})).flatten(1)

    def start(self, columns: Mapping[str, Rows], *, weights: Tensor | None = None) -> None:
        """Sets the initial parameters from training rows; see ``learning.start_from``."""
        units = self.machine.units["v"]
        x = mapped(columns["x"], lambda part: part.reshape(-1, *units.shape), each=units.shape)
        start_from(self.machine, {"v": x}, weights=weights)
        y = columns.get("y")
        if "y" in self.machine.units and isinstance(y, Tensor):
            known = y >= 0
            known_weights = None if weights is None else weights[known]
            start_from(self.machine, {"y": self.coded(y[known])}, weights=known_weights)

    def coded(self, y: Tensor) -> Tensor:
        """Labels ``(N,)`` as one-hot rows ``(N, classes)``; rows of zeros for no label (-1)."""
        bias = self.machine.units["y"].bias
        need(
            (8 + bias.element_size()) * len(y) * bias.numel(),
            f"labels of {len(y):,d} rows, one-hot over {bias.numel():,d} classes,",
            remedy="take a label of fewer classes",
        )
        return one_hot(y.clamp(min=0), bias.numel()).to(bias) * (y >= 0)[:, None]

    # --- storage -------------------------------------------------------------------------------

    def saved(self) -> dict[str, Any]:
        """The parameters, by name."""
        return self.machine.state_dict()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Restores saved parameters."""
        self.machine.load_state_dict(saved)

    def save(self, path: Path) -> None:
        """Writes the machine to a file; see ``storage.save``."""
        save(self.machine, path)

    # --- using ---------------------------------------------------------------------------------

    def check(self, batch: Batch) -> None:
        """Raises ValueError where rows lie outside the domain of the visible units."""
        self.machine.units["v"].check(self._visible(batch))

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """E[h | x] of every hidden group: exact, or by mean field if they are connected.

        Of max-pooled maps these are the means of the pooling units.
        """
        v = self._visible(batch)
        if "y" in self.machine.units:
            parts = [expectations(self.machine, "y", given={"v": part}) for part in v.split(_ROWS)]
            means = {name: torch.cat([p[name] for p in parts]) for name in self.layers}
        else:
            seen = copies(self.machine, v)
            data = mean_field(of_lengths(self.machine, seen), seen, tolerance=1e-6, cap=_SETTLE)
            means = {name: data.moments(self.machine, name)[0] for name in self.layers}
        return {name: self.machine.units[name].pooled(mean) for name, mean in means.items()}

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """E[x | E[h | x]] of the rows; a label is replaced by its mean as well."""
        v = self._visible(batch)
        seen = copies(self.machine, v)
        graph = of_lengths(self.machine, seen)
        data = mean_field(graph, seen, tolerance=1e-6, cap=_SETTLE)
        state = {name: data.moments(graph, name)[0] for name in graph.units}
        again = mean(graph.units["v"], graph.field("v", state))
        return {"the hidden units": {"x": again.flatten(1)}}

    def sample(
        self,
        n: int,
        *,
        given: Batch | None = None,
        sweeps: int = 1000,
        source: Source = None,
    ) -> Batch:
        """E[v | h] at the end of Gibbs chains, in which known columns are held.

        Documents that are drawn freely have 100 words.

        Args:
            n: number of independent chains.
            given: "x", ``(n, D)`` or ``(D,)``, with NaN for free values; "y", ``(n,)``, classes.
            sweeps: number of sweeps of every chain.
            source: random generator.

        Raises:
            ValueError: the columns do not fit the machine, or "y" is given and it has no label.
        """
        state, hold = self._begun(n, dict(given or {}), source=source)
        begun = state["v"]
        with torch.no_grad():
            graph = of_lengths(self.machine, {"v": state["v"]})
            for _ in range(sweeps):
                state, _ = swept(graph, state, hold=hold, source=source)
            x = mean(graph.units["v"], graph.field("v", state))
        if "v" in hold:
            x = torch.where(torch.as_tensor(hold["v"]), begun, x)
        return {"x": x.flatten(1)}

    def sweeps(self, most: int) -> int:
        """Number of sweeps that take as long as ``most`` sweeps of a machine with two groups."""
        return max(50, 2 * most // moves(self.machine))

    def filters(self) -> dict[str, Tensor]:
        """Products of the weight matrices along the shortest path from the data."""
        return filters_of(self.machine)

    def chain(self, batch: Batch) -> tuple[EnergyGraph, State]:
        """The graph, and the state of its visible group."""
        return self.machine, {"v": self._visible(batch)}

    def _visible(self, batch: Batch) -> Tensor:
        return visible(self.machine.units["v"], batch["x"])

    def _begun(
        self, n: int, given: dict[str, Tensor], *, source: Source
    ) -> tuple[State, dict[str, Tensor | bool]]:
        """Initial state of every group, and which values of it are held."""
        hold: dict[str, Tensor | bool] = {}
        seen: dict[str, Tensor] = {}
        if "y" in given and self.label is None:
            raise UsageError("the class cannot be held: the machine has no label")
        if "y" in given:
            seen["y"], hold["y"] = self.coded(given["y"]), True
        takes = self.machine.units["v"].takes_context
        graph = self.machine.given(v=torch.tensor(_LENGTH)) if takes else self.machine
        state: State = complete(graph, seen, rows=n, source=source)
        if "x" in given:
            values = self._visible({"x": given["x"].expand(n, -1)})
            known = ~values.isnan()
            if takes and not bool(known.all()):
                raise UsageError("counts of words are known or free together: give all of them")
            seen["v"], hold["v"] = torch.where(known, values, state["v"]), known
            self.machine.units["v"].check(seen["v"])
            state = complete(self.machine, seen, source=source)
        return state, hold


class DeepModel(GraphModel):
    """A graph with one log Z, whose hidden groups may be connected."""

    @property
    def enumerable(self) -> bool:
        """Whether log Z can be computed by enumeration in seconds."""
        return quick(self.machine)

    def log_density(
        self,
        rows: Mapping[str, Rows],
        *,
        train: Rows | None = None,
        ladder: Ladder | None = None,
    ) -> dict[str, Any]:
        """Log-likelihood of rows, or its variational bound; see ``likelihood.density``."""
        return density(self.machine, rows, train=train, ladder=ladder)


class RestrictedModel(DeepModel):
    """A graph whose hidden groups are not connected: its free energy has a closed form."""

    @torch.no_grad()
    def free_energy(self, batch: Batch) -> Tensor:
        """Free energy F(x), with all other groups summed out, ``(B,)``, in nats."""
        v = self._visible(batch)
        if "y" in self.machine.units:
            return -log_marginal(self.machine, "y", given={"v": v})
        seen = copies(self.machine, v)
        return self.machine.free_energy(seen, self.layers)


class LabelledModel(MostProbable, RestrictedModel):
    """A restricted graph with a label group "y", which also classifies."""

    def log_probs(self, batch: Batch) -> Tensor:
        """log p(y | x), exact, ``(B, classes)``, in nats."""
        return log_conditional(self.machine, "y", given={"v": self._visible(batch)})


def visible(units: Units, x: Tensor) -> Tensor:
    """Converts rows ``(N, ...)`` to the shape, dtype and device of a visible group.

    Raises:
        ValueError: the rows have another number of values.
    """
    width = units.shape.numel()
    if x.flatten(1).shape[1] != width:
        raise UsageError(
            f"rows of shape {tuple(x.shape)}, but the model has {width} visible units: "
            f"give (N, {width})"
        )
    return x.to(units.bias).reshape(x.shape[0], *units.shape)


def outline_of(graph: EnergyGraph, prefix: str = "") -> list[dict[str, Any]]:
    """One row for each group and connection of a graph; ``prefix`` precedes every name.

    >>> from harmonium import rbm
    >>> for row in outline_of(rbm(6, 3)):
    ...     print(row["part"], row["kind"], row["shape"], row["parameters"])
    v Bernoulli (6,) 6
    h Bernoulli (3,) 3
    v-h Dense (3, 6) 18
    """
    parts: list[tuple[str, nn.Module, tuple[int, ...]]] = [
        (name, units, tuple(units.shape)) for name, units in graph.units.items()
    ]
    for e in graph.edges:
        shape = next((tuple(p.shape) for p in e.connection.parameters()), ())
        parts.append((f"{e.source}-{e.target}", e.connection, shape))
    return [
        {
            "part": f"{prefix}{name}",
            "kind": type(part).__name__,
            "shape": shape,
            "parameters": sum(p.numel() for p in part.parameters()),
        }
        for name, part, shape in parts
    ]


def moves(graph: Graph) -> int:
    """Number of successive steps of a sweep: one per group, more if connected within itself."""
    return sum(len(graph.blocks(name) or ()) or 1 for name in graph.units)
