"""The steps of the library as stages drive them, with what can be seen of each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.bridge import Conditional
from harmonium.data import BatchTransform, Rows
from harmonium.graph import EnergyGraph, State
from harmonium.learning import (
    Classify,
    Discriminative,
    Learner,
    UpDown,
    copies,
    examine,
    positive,
    watch,
)
from harmonium.machines import BeliefNet
from harmonium.random import generator
from harmonium.sampling import Phase, descend, mean, mean_field, swept
from harmonium.sampling.diagnose import probe

__all__ = ["ClassifyStep", "EnergyStep", "LabelledStep", "UpDownStep"]

CHAINS, FILTERS, ROWS, UNITS = 64, 64, 100, 100
"""How much of each a snapshot keeps."""

PROBED, PROBE = 32, 20_000
"""Chains that are probed, once there were so many updates: a probe costs at most about 350."""


@dataclass
class EnergyStep:
    """An energy graph that learns from rows of its group "v".

    Args:
        learner: the update.
        train: some training rows to look at, ``(n, *shape)``.
        validation: some rows that are not learned from, or None.
        weights: importance of the training rows, ``(n,)``, or None.
        draw: what is drawn anew for every batch, or None.
        seed: of the draws of what is observed; they are not the updates'.
    """

    learner: Learner
    train: Tensor
    validation: Tensor | None = None
    weights: Tensor | None = None
    draw: BatchTransform | None = None
    seed: int = 0

    @property
    def module(self) -> EnergyGraph:
        """The graph."""
        return self.learner.graph

    @property
    def optimiser(self) -> torch.optim.Optimizer:
        """The learner's."""
        return self.learner.optimiser

    def __call__(self, batch: Tensor | tuple[Tensor, Tensor]) -> None:
        """One update, from rows or (rows, weights)."""
        rows, weights = batch if isinstance(batch, tuple) else (batch, None)
        self.learner.step(copies(self.module, rows), weights=weights)

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """Reconstruction, free-energy gap, flips of the chains and the size of the weights.

        ``rbm/reconstruction`` is the mean squared error of E[v | E[h | v]] on training rows, the
        inner expectation by mean field where hidden groups are connected;
        ``rbm/free_energy_gap`` the mean free energy of validation rows less that of training
        rows, in nats: it grows with overfitting (Hinton, 2012, section 15);
        ``chains/flip_rate`` the share of the chains' visible values that one sweep changes.
        """
        graph = self.module
        squares = [float(p.double().square().sum()) for p in graph.connections.parameters()]
        row = {"weights/norm": sum(squares) ** 0.5}
        again = _again(graph, _inferred(graph, self.train))
        row["rbm/reconstruction"] = float((again - self.train).square().mean())
        hidden = tuple(name for name in graph.units if name not in copies(graph, self.train))
        if self.validation is not None and hidden in set(graph.summable()):
            both = (copies(graph, x) for x in (self.validation, self.train))
            free = [graph.free_energy(x, hidden) for x in both]
            row["rbm/free_energy_gap"] = float(free[0].double().mean() - free[1].double().mean())
        if chains := self.learner.chains:
            source = generator(self.seed + epoch, next(iter(chains.values())).device)
            moved, _ = swept(graph, chains, source=source)
            row["chains/flip_rate"] = float((moved["v"] != chains["v"]).double().mean())
        return row

    @torch.no_grad()
    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings``: what goes wrong, with its remedy (``learning.watch``).

        After many updates the chains are probed: ``chains/r_hat`` is the largest split R-hat of
        100 sweeps, ``chains/ess`` the effective draws of a chain in them.
        """
        chains = self.learner.chains
        source = generator(self.seed + epoch, self.train.device)
        row: dict[str, float] = {}
        found = None
        if chains and len(next(iter(chains.values()))) > 1 and updates >= PROBE:
            some = {name: x[:PROBED] for name, x in chains.items()}
            found = probe(self.module, some, source=source)
            row = {"chains/r_hat": found.r_hat, "chains/ess": found.ess / found.traces.shape[1]}
        held = None if self.validation is None else self._rows(self.validation, source)
        seen = self._rows(self.train, source)
        train: watch.Rows = seen
        if self.weights is not None:
            train = positive(self.module, seen, weights=self.weights)
        findings = examine(self.module, train, validation=held, chains=chains, probe=found)
        return {**row, "findings": [asdict(f) for f in findings]}

    def _rows(self, x: Tensor, source: torch.Generator) -> State:
        """Rows as the updates see them."""
        return copies(self.module, x if self.draw is None else self.draw(x, source))

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """Chains (or reconstructions) ``(64, D)``, filters ``(64, D)``, hidden ``(100, 100)``.

        Filters and hidden values are those of the group that stands next to the data.
        """
        graph, found = self.module, {}
        if chains := self.learner.chains:
            state: State = {name: x[:CHAINS] for name, x in chains.items()}
            found["chains"] = graph.units["v"].mean(graph.field("v", state)).flatten(1)
        data = _inferred(graph, self.train[:ROWS])
        for e in graph.edges:
            if e.source == "v" and e.target in data.fields:
                if "weight" in dict(e.connection.named_parameters()):
                    weight = e.connection.get_parameter("weight")
                    found["filters"] = weight[:FILTERS].detach().flatten(1)
                hidden = data.moments(graph, e.target)[0]
                found["hidden"] = hidden.flatten(1)[:, :UNITS]
                break
        if "chains" not in found:
            found["reconstructions"] = _again(graph, data)[:CHAINS].flatten(1)
        return found

    def state_dict(self) -> dict[str, Any]:
        """The learner's."""
        return self.learner.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The learner's; a checkpoint is read to the processor, chains go where the graph is."""
        device = next(self.module.parameters()).device
        moved = {
            part: {name: x.to(device) for name, x in state[part].items()}
            for part in ("chains", "offsets")
        }
        self.learner.load_state_dict({**state, **moved})


@dataclass
class UpDownStep:
    """A belief net whose layers learn together.

    Args:
        learner: the update.
        net: whose layers they are.
        train: some training rows to look at, ``(n, *shape)``.
        validation: (rows, labels) that are not learned from, or None.
        groups: what the columns of a batch are.
    """

    learner: UpDown
    net: BeliefNet
    train: Tensor
    validation: tuple[Rows, Tensor] | None = None
    groups: tuple[str, ...] = ("v",)

    @property
    def module(self) -> BeliefNet:
        """The net."""
        return self.net

    @property
    def optimiser(self) -> torch.optim.Optimizer:
        """The learner's."""
        return self.learner.optimiser

    def __call__(self, batch: Tensor | tuple[Tensor, ...]) -> None:
        """One update, from rows, or a column for each of the groups, and weights."""
        columns = batch if isinstance(batch, tuple) else (batch,)
        seen = dict(zip(self.groups, columns, strict=False))
        self.learner.step(seen, weights=columns[len(seen)] if len(columns) > len(seen) else None)

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """Reconstruction through the features, and how labels of other rows are read.

        ``net/reconstruction`` is the mean squared error of the training rows drawn up by means and
        down by means again; ``val/loss`` is in nats.
        """
        del epoch
        *directed, _ = self.net.graphs
        row = {}
        if directed:
            again = descend(directed, self.net.features(self.train), rule=mean)[0]
            row["net/reconstruction"] = float((again - self.train).square().mean())
        if self.validation is not None:
            row |= _validated(Conditional(self.net), self.validation)
        return row

    @torch.no_grad()
    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """``findings``: weights of any layer that run away."""
        del epoch, updates
        found = [f for graph in self.net.graphs for f in watch.runaway_weights(graph)]
        return {"findings": [asdict(f) for f in found]}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """Reconstructions ``(64, D)`` and the lowest filters ``(64, D)``."""
        *directed, _ = self.net.graphs
        if not directed:
            return {}
        again = descend(directed, self.net.features(self.train[:CHAINS]), rule=mean)[0]
        weight = directed[0].edges[0].connection.get_parameter("weight")
        return {"reconstructions": again.flatten(1), "filters": weight[:FILTERS].detach()}

    def state_dict(self) -> dict[str, Any]:
        """The learner's."""
        return self.learner.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """The learner's; a checkpoint is read to the processor, chains go where the net is."""
        device = next(self.net.parameters()).device
        chains = {name: x.to(device) for name, x in state["chains"].items()}
        self.learner.load_state_dict({**state, "chains": chains})


@dataclass
class ClassifyStep:
    """A net that learns labels.

    Args:
        classify: the update.
        validation: (rows, labels) that are not learned from, or None.
    """

    classify: Classify
    validation: tuple[Rows, Tensor] | None = None

    @property
    def module(self) -> nn.Module:
        """The net."""
        return self.classify.net

    @property
    def optimiser(self) -> torch.optim.Optimizer:
        """The classifier's."""
        return self.classify.optimiser

    def __call__(self, batch: Sequence[Tensor]) -> Tensor:
        """One update from (rows, labels) or (rows, labels, weights); the loss before it, nats."""
        return self.classify(batch)

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/loss`` in nats, ``val/accuracy`` and ``val/error``, where there are such rows."""
        del epoch
        if self.validation is None:
            return {}
        return _validated(self.module, self.validation)

    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """Nothing."""
        del epoch, updates
        return {}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """Weights of the first layer's units, ``(64, D)``."""
        layers = [m for m in self.module.modules() if isinstance(m, nn.Linear)]
        return {"filters": layers[0].weight[:FILTERS].detach()} if layers else {}

    def state_dict(self) -> dict[str, Any]:
        """The net's parameters and the optimiser's state."""
        return {"net": self.module.state_dict(), "optimiser": self.optimiser.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from there."""
        self.module.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])


@dataclass
class LabelledStep:
    """A machine of data "v" and label "y" that learns from rows with their labels.

    Args:
        energy: what is to be seen of it as a model, and its learner.
        update: ``Discriminative`` of that learner; None: the learner itself, which models both.
        validation: (rows, labels) that are not learned from, or None.
    """

    energy: EnergyStep
    update: Discriminative | None = None
    validation: tuple[Rows, Tensor] | None = None

    @property
    def module(self) -> EnergyGraph:
        """The graph."""
        return self.energy.module

    @property
    def optimiser(self) -> torch.optim.Optimizer:
        """The learner's."""
        return self.energy.optimiser

    def __call__(self, batch: Sequence[Tensor]) -> Tensor | None:
        """One update from (rows, one-hot labels) or (rows, labels, weights); the loss before it.

        Labels of zeros are not known.
        """
        x, y, *rest = batch
        weights = rest[0] if rest else None
        if self.update is None:
            self.energy.learner.step({"v": x, "y": y}, weights=weights)
            return None
        return self.update.step({"v": x, "y": y}, weights=weights)

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/loss``, ``val/accuracy`` and ``val/error`` by exact p(y | v); and the energy's."""
        seen = self.energy.measure(epoch)
        if self.validation is not None:
            seen |= _validated(Conditional(self.module), self.validation)
        return seen

    def notice(self, epoch: int, *, updates: int) -> dict[str, Any]:
        """The energy's."""
        return self.energy.notice(epoch, updates=updates)

    def snapshot(self) -> dict[str, Tensor]:
        """The energy's."""
        return self.energy.snapshot()

    def state_dict(self) -> dict[str, Any]:
        """The learner's."""
        return self.energy.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from there."""
        self.energy.load_state_dict(state)


def _validated(net: nn.Module, rows: tuple[Rows, Tensor]) -> dict[str, float]:
    x, labels = rows
    logits = torch.cat([net(part) for part in x.split(10_000)])
    accuracy = float((logits.argmax(1) == labels).double().mean())
    loss = float(nn.functional.cross_entropy(logits.double(), labels))
    return {"val/loss": loss, "val/accuracy": accuracy, "val/error": 1 - accuracy}


def _inferred(graph: EnergyGraph, rows: Tensor) -> Phase:
    return mean_field(graph, copies(graph, rows))


def _again(graph: EnergyGraph, data: Phase) -> Tensor:
    """Mean visible values given the means of the hidden groups."""
    means = {name: data.moments(graph, name)[0] for name in graph.units}
    return graph.units["v"].mean(graph.field("v", means))
