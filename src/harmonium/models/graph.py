"""An energy graph as a model: codes, reconstructions, samples and likelihoods of its rows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from harmonium.bridge import unroll
from harmonium.data import Rows
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.learning import (
    compose,
    compose_pathways,
    doubled,
    lowest,
    pathway_layers,
    start_from,
)
from harmonium.likelihood import Ladder, density, quick
from harmonium.machines.visible import (
    by_group,
    given_rows,
    known_values,
    observed_state,
    visible_groups,
)
from harmonium.memory import need
from harmonium.models.abilities import Batch
from harmonium.models.beneath import Beneath
from harmonium.models.deciding import MostProbable
from harmonium.models.filters import filters_of
from harmonium.models.infer import inferred
from harmonium.models.model import Model
from harmonium.models.outline import outline_of
from harmonium.random import Source
from harmonium.sampling import (
    Phase,
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

__all__ = [
    "DeepModel",
    "GraphModel",
    "LabelledModel",
    "RestrictedModel",
    "moves",
]

_SETTLE = 50
"""Maximum number of mean-field sweeps where hidden groups are connected with each other."""

_LENGTH = 100
"""Number of words of a document that is drawn freely."""

_ROWS = 1000
"""Number of rows whose hidden fields, for every class, are in memory at the same time."""


class GraphModel(Model):
    """An energy graph whose visible groups hold the column "x", and group "y" the class.

    Several visible groups, such as the modalities of a ``multimodal_dbm``, lie one after the other
    in a row of "x". A batch may instead have a column for each of them, by its name; a group
    without a column is inferred. All other groups are hidden.

    Args:
        graph: the machine; shared, not copied.
        seen: names of the visible groups; None: as ``machines.visible_groups`` finds them.
    """

    def __init__(self, graph: EnergyGraph, seen: Sequence[str] | None = None) -> None:
        super().__init__()
        self.machine = graph
        self.seen = visible_groups(graph) if seen is None else tuple(seen)

    @property
    def width(self) -> int:
        """Number of values of a row."""
        return sum(self.machine.units[name].shape.numel() for name in self.seen)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of units of every group, the visible groups first."""
        return tuple(units.shape.numel() for units in self.machine.units.values())

    @property
    def growth(self) -> str:
        """Growth of the visible units' energy: "finite" or "quadratic"."""
        real = (self.machine.units[name].curvature() is not None for name in self.seen)
        return "quadratic" if any(real) else "finite"

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the hidden layers, the lowest first."""
        units = self.machine.units
        own = [units[name] for name in self.seen]
        return tuple(n for n, u in units.items() if n != "y" and not any(u is one for one in own))

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
        """The lowest layers (None: all) as models of their own; see ``learning.doubled``.

        Of several visible groups only all layers can be asked for; see ``pathway_layers``.
        """
        if len(self.seen) == 1:
            whole = self.machine if depth is None else lowest(self.machine, depth)
            return [RestrictedModel(layer) for layer in doubled(whole)]
        if depth is not None:
            raise UsageError("depth: pathways are pre-trained with all their layers: leave it out")
        layers = pathway_layers(self.machine, self.seen)
        return [RestrictedModel(layer.graph, layer.below) for layer in layers]

    def beneath(self, layers: "Sequence[GraphModel]", k: int) -> Sequence[Any]:
        """What the rows pass before they reach layer k of ``split``, the lowest first."""
        if len(self.seen) == 1:
            return layers[:k]
        return [Beneath.of(self.machine, self.seen, layers=layers, k=k)]

    def lowest(self, layers: int) -> "GraphModel | None":
        """Returns the model itself: after its layers, a graph learns as a whole."""
        return self if layers else None

    def as_data(self, values: Tensor, *, layer: int) -> Tensor | None:
        """Returns None: the values of a layer do not go down through directed layers."""
        del values, layer
        return None

    def compose(self, layers: "Sequence[GraphModel]") -> None:
        """Takes over the parameters of its trained layers; see ``learning.compose``."""
        graphs = [layer.machine for layer in layers]
        if len(self.seen) == 1:
            compose(self.machine, graphs)
        else:
            compose_pathways(self.machine, graphs, visible=self.seen)

    def unrolled(self, outputs: int, rows: Rows | None = None) -> nn.Sequential:
        """A net with the upward weights and a new output layer; see ``bridge.unroll``."""
        shown = None if rows is None else self._seen({"x": rows[:]})[self.seen[0]]
        return unroll(self.machine, outputs=outputs, rows=shown)

    def state(self, batch: Batch) -> State:
        """State of the observed groups of a batch: rows, and one-hot labels (zeros: no label)."""
        state = {**self._tied(self._seen(batch))}
        if "y" in self.machine.units and "y" in batch:
            state["y"] = self.coded(batch["y"])
        return state

    def up(self, x: Tensor) -> Tensor:
        """Means ``(N, units)`` of the last hidden group for rows ``(N, D)`` of a single layer."""
        units = self.machine.units["h"]
        parts = (self.machine.field("h", self.state({"x": part})) for part in x.split(10 * _ROWS))
        with torch.no_grad():
            return torch.cat([units.mean(field) for field in parts]).flatten(1)

    def start(self, columns: Mapping[str, Rows], *, weights: Tensor | None = None) -> None:
        """Sets the initial parameters from training rows; see ``learning.start_from``."""
        rows = by_group(self.machine, columns["x"], groups=self.seen)
        start_from(self.machine, rows, weights=weights)
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
        for name, values in self._seen(batch).items():
            self.machine.units[name].check(values)

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """E[h | x] of every hidden group: exact, or by mean field if they are connected.

        Of max-pooled maps these are the means of the pooling units.
        """
        seen = self._seen(batch)
        if "y" in self.machine.units:
            pieces = seen["v"].split(_ROWS)
            parts = [expectations(self.machine, "y", given={"v": part}) for part in pieces]
            means = {name: torch.cat([p[name] for p in parts]) for name in self.layers}
        else:
            data = self._settled(seen)
            means = {name: data.moments(self.machine, name)[0] for name in self.layers}
        return {name: self.machine.units[name].pooled(mean) for name, mean in means.items()}

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """E[x | E[h | x]] of the rows; a label is replaced by its mean as well.

        A visible group without a column is inferred with the hidden groups.
        """
        seen = self._seen(batch)
        graph, data = of_lengths(self.machine, self._tied(seen)), self._settled(seen)
        state = {name: data.moments(graph, name)[0] for name in graph.units}
        again = {name: mean(graph.units[name], graph.field(name, state)) for name in self.seen}
        return {"the hidden units": self._columns(again)}

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
            given: "x", ``(n, D)`` or ``(D,)``, with NaN for free values, or in its place columns
                by the names of visible groups; "y", ``(n,)``, classes.
            sweeps: number of sweeps of every chain.
            source: random generator.

        Raises:
            ValueError: the columns do not fit the machine, or "y" is given and it has no label.
        """
        state, hold = self._begun(n, dict(given or {}), source=source)
        begun = state
        with torch.no_grad():
            graph = of_lengths(self.machine, {name: state[name] for name in self.seen})
            for _ in range(sweeps):
                state, _ = swept(graph, state, hold=hold, source=source)
            drawn = {n: mean(graph.units[n], graph.field(n, state)) for n in self.seen}
        for name in set(self.seen) & set(hold):
            drawn[name] = torch.where(torch.as_tensor(hold[name]), begun[name], drawn[name])
        return self._columns(drawn)

    def sweeps(self, most: int) -> int:
        """Number of sweeps that take as long as ``most`` sweeps of a machine with two groups."""
        return max(50, 2 * most // moves(self.machine))

    def filters(self) -> dict[str, Tensor]:
        """Products of the weight matrices along the shortest path from the data."""
        return filters_of(self.machine, groups=self.seen)

    def chain(self, batch: Batch) -> tuple[EnergyGraph, State]:
        """The graph, and the state of its visible groups."""
        return self.machine, self._seen(batch)

    def _seen(self, batch: Batch) -> State:
        """The visible groups that a batch has values of."""
        return observed_state(self.machine, batch, groups=self.seen)

    def _tied(self, seen: State) -> State:
        """The same values for every group that shares its units with a visible one."""
        units = self.machine.units
        return {n: x for name, x in seen.items() for n, u in units.items() if u is units[name]}

    def _settled(self, seen: State) -> Phase:
        """The hidden groups given visible ones, by mean field if they are connected."""
        tied = self._tied(seen)
        return mean_field(of_lengths(self.machine, tied), tied, tolerance=1e-6, cap=_SETTLE)

    def _columns(self, groups: State) -> Batch:
        """Column "x" of the values of all visible groups; of several, each by its name as well."""
        flat = {name: groups[name].flatten(1) for name in self.seen}
        own = flat if len(flat) > 1 else {}
        return {"x": torch.cat([*flat.values()], 1), **own}

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
        takes = [name for name in self.seen if self.machine.units[name].takes_context]
        lengths = {name: torch.tensor(_LENGTH) for name in takes}
        graph = self.machine.given(**lengths) if takes else self.machine
        state: State = complete(graph, seen, rows=n, source=source)
        if (values := given_rows(self.machine, given, n=n, groups=self.seen)) is not None:
            found, masks = known_values(self.machine, values, groups=self.seen, fill=state)
            if any(name in takes and not torch.as_tensor(m).all() for name, m in masks.items()):
                raise UsageError("counts of words are known or free together: give all of them")
            seen, hold = seen | dict(found), hold | masks
            state = complete(self.machine, seen, rows=n, source=source)
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

    @torch.no_grad()
    def infer(
        self, batch: Batch, *, like: Batch | None = None, sweeps: int = 0, source: Source = None
    ) -> Batch:
        """Expected values of all visible groups given known values; see ``Completes``."""
        begin = None
        if like is not None:
            data, names = self._settled(self._seen(like)), self.machine.units
            begin = {name: data.moments(self.machine, name)[0].mean(0) for name in names}
        chains = (sweeps, source)
        return self._columns(
            inferred(self.machine, batch, groups=self.seen, begin=begin, chains=chains)
        )


class RestrictedModel(DeepModel):
    """A graph whose hidden groups are not connected: its free energy has a closed form."""

    @torch.no_grad()
    def free_energy(self, batch: Batch) -> Tensor:
        """Free energy F(x), with all other groups summed out, ``(B,)``, in nats."""
        seen = self._seen(batch)
        if "y" in self.machine.units:
            return -log_marginal(self.machine, "y", given=seen)
        return self.machine.free_energy(self._tied(seen), self.layers)


class LabelledModel(MostProbable, RestrictedModel):
    """A restricted graph with a label group "y", which also classifies."""

    def log_probs(self, batch: Batch) -> Tensor:
        """log p(y | x), exact, ``(B, classes)``, in nats."""
        return log_conditional(self.machine, "y", given=self._seen(batch))


def moves(graph: Graph) -> int:
    """Number of successive steps of a sweep: one per group, more if connected within itself."""
    return sum(len(graph.blocks(name) or ()) or 1 for name in graph.units)
