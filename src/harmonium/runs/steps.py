"""The two steps of the library as stages drive them, with what can be seen of each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.data import BatchTransform
from harmonium.graph import EnergyGraph, State
from harmonium.learning import Classify, Learner, examine, positive
from harmonium.learning.watch import Rows
from harmonium.random import generator
from harmonium.sampling import sweep
from harmonium.sampling.diagnose import probe

__all__ = ["ClassifyStep", "EnergyStep"]

CHAINS, FILTERS, ROWS, UNITS = 64, 64, 100, 100
"""How much of each a snapshot keeps."""

PROBED, PROBE = 32, 10_000
"""Chains that are probed, once there were so many updates: about 350 of a small machine's."""


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
        self.learner.step({"v": rows}, weights=weights)

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """Reconstruction, free-energy gap, flips of the chains and the size of the weights.

        ``rbm/reconstruction`` is the mean squared error of E[v | E[h | v]] on training rows;
        ``rbm/free_energy_gap`` the mean free energy of validation rows less that of training
        rows, in nats: it grows with overfitting (Hinton, 2012, section 15);
        ``chains/flip_rate`` the share of the chains' visible values that one sweep changes.
        """
        graph = self.module
        squares = [float(p.double().square().sum()) for p in graph.connections.parameters()]
        row = {"weights/norm": sum(squares) ** 0.5}
        if set(graph.units) == {"v", "h"}:
            again = _means(graph, "v", given={"h": _means(graph, "h", given={"v": self.train})})
            row["rbm/reconstruction"] = float((again - self.train).square().mean())
        hidden = tuple(name for name in graph.units if name != "v")
        if self.validation is not None and hidden in set(graph.summable()):
            free = [graph.free_energy({"v": x}, hidden) for x in (self.validation, self.train)]
            row["rbm/free_energy_gap"] = float(free[0].double().mean() - free[1].double().mean())
        if chains := self.learner.chains:
            source = generator(self.seed + epoch, next(iter(chains.values())).device)
            moved, _ = sweep(graph, chains, source=source)
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
        train: Rows = seen
        if self.weights is not None:
            train = positive(self.module, seen, weights=self.weights)
        findings = examine(self.module, train, validation=held, chains=chains, probe=found)
        return {**row, "findings": [asdict(f) for f in findings]}

    def _rows(self, x: Tensor, source: torch.Generator) -> State:
        """Rows as the updates see them."""
        return {"v": x if self.draw is None else self.draw(x, source)}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """Chains (or reconstructions) ``(64, D)``, filters ``(64, D)``, hidden ``(100, 100)``."""
        graph, found = self.module, {}
        if chains := self.learner.chains:
            state: State = {name: x[:CHAINS] for name, x in chains.items()}
            found["chains"] = graph.units["v"].mean(graph.field("v", state)).flatten(1)
        for name in graph.neighbours("v") - {"v"}:
            weight = next(e.connection for e in graph.edges if {e.source, e.target} == {"v", name})
            if "weight" in dict(weight.named_parameters()) and name == "h":
                found["filters"] = weight.get_parameter("weight")[:FILTERS].detach().flatten(1)
        if set(graph.units) == {"v", "h"}:
            hidden = _means(graph, "h", given={"v": self.train[:ROWS]})
            found["hidden"] = hidden.flatten(1)[:, :UNITS]
            if "chains" not in found:
                again = _means(graph, "v", given={"h": hidden[:CHAINS]})
                found["reconstructions"] = again.flatten(1)
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
class ClassifyStep:
    """A net that learns labels.

    Args:
        classify: the update.
        validation: (rows, labels) that are not learned from, or None.
    """

    classify: Classify
    validation: tuple[Tensor, Tensor] | None = None

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
        x, labels = self.validation
        logits = torch.cat([self.module(part) for part in x.split(10_000)])
        accuracy = float((logits.argmax(1) == labels).double().mean())
        loss = float(nn.functional.cross_entropy(logits.double(), labels))
        return {"val/loss": loss, "val/accuracy": accuracy, "val/error": 1 - accuracy}

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


def _means(graph: EnergyGraph, name: str, *, given: State) -> Tensor:
    return graph.units[name].mean(graph.field(name, given))
