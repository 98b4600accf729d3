r"""Discriminative learning: the gradient of log p(y | x), alone or with that of a data model.

.. math:: \nabla \Big( \log p(y \mid x) + \alpha \log p(x, y) + \beta \log p(x') \Big)

(Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224): discriminative for
:math:`\alpha = 0`, hybrid for :math:`\alpha > 0`, semi-supervised with rows x' that have no label.
Use ``Learner`` for a model of the data alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.errors import UsageError
from harmonium.graph import Graph, State
from harmonium.learning import ranks
from harmonium.learning.batch import check_batch
from harmonium.learning.fused_discriminative import FusedDiscriminative, fused_discriminative
from harmonium.learning.learner import Learner, importance
from harmonium.sampling import log_conditional, normalised

__all__ = ["Discriminative", "conditional_loss"]


def conditional_loss(
    graph: Graph, batch: State, *, target: str = "y", weights: Tensor | None = None
) -> Tensor:
    """The mean of -log p(target | other groups of the batch), in nats per row, differentiable.

    Args:
        graph: a machine or view.
        batch: name -> ``(B, *shape)``, with values of the target: states, or, for a single
            categorical unit, probabilities of its states (which gives the cross-entropy).
        target: the group to predict; its states must be enumerable.
        weights: importance of each row, ``(B,)``.

    Raises:
        ValueError: the batch lacks the target, or values of the target are not its states.
    """
    if target not in batch:
        raise UsageError(f"the batch has groups {[*batch]}, not the target {target!r}")
    given = {name: x for name, x in batch.items() if name != target}
    log_p = log_conditional(graph, target, given=given)
    units, y = graph.units[target], batch[target]
    if units.shape.numel() == log_p.shape[1] and units.unit_axes:
        share = y.flatten(1)
    else:
        states = units.states()
        assert states is not None  # log_conditional has enumerated them
        share = (y.flatten(1)[:, None] == states.flatten(1)).all(2).to(log_p)
        if bool((share.sum(1) != 1).any()):
            raise UsageError(f"values of {target!r} are not states of its units")
    return -(normalised(weights, log_p) * (share * log_p).sum(1)).sum()


@checked
@dataclass
class Discriminative:
    """Updates that train a machine to predict one group from the others.

    Args:
        learner: gives the machine, the optimiser and the penalties; with ``generative`` also
            contrast, chains, centring and random generator. If its ``fused`` is True, the update
            of ``learning.fused_discriminative`` is used where possible.
        target: the group to predict.
        generative: weight alpha of the model of all groups; with 0 nothing is sampled.
        unlabelled: weight beta of the model of the other groups, for rows whose target is unknown
            (all zeros); the learner's inference must then be ``Listed(target)``. With 0 the target
            of every row counts as known.

    Penalties on weights are added once, whatever alpha is; penalties on activities are not used.
    """

    learner: Learner
    target: str = "y"
    generative: NonNegative = 0.0
    unlabelled: NonNegative = 0.0
    _bound: tuple[tuple[object, ...], FusedDiscriminative | None] = field(
        default=((), None), init=False, repr=False
    )

    def step(self, batch: State, *, weights: Tensor | None = None) -> Tensor:
        """One update from a batch with the target's values.

        Args:
            batch: name -> ``(B, *shape)``.
            weights: importance of each row, ``(B,)``.

        Returns:
            The mean of -log p(target | other groups) before the update, in nats per row.
        """
        learner = self.learner
        batch = check_batch(learner.graph, batch)
        if (update := self._update(batch)) is not None:
            loss, learner.chains = update.step(
                batch, weights=weights, chains=learner.chains, source=learner.source
            )
            return loss
        parameters = [*learner.graph.parameters()]
        loss = conditional_loss(learner.graph, batch, target=self.target, weights=weights)
        slopes = torch.autograd.grad(loss, parameters, allow_unused=True)
        pairs = zip(parameters, slopes, strict=True)
        total = [torch.zeros_like(p) if slope is None else slope for p, slope in pairs]
        for share, rows, w in self._modelled(batch, weights=weights):
            learner.descend(rows, weights=w)
            for p, slope in zip(parameters, total, strict=True):
                if p.grad is not None:
                    slope.add_(p.grad, alpha=share)
        for p, slope in zip(parameters, total, strict=True):
            p.grad = slope
        for penalty in learner.penalties:
            penalty.add(learner.graph)
        weight = importance(batch, weights)
        ranks.mean_gradients(parameters, weight=weight)
        learner.optimiser.step()
        for penalty in learner.penalties:
            penalty.project(learner.graph)
        return ranks.mean([loss.detach()], weight=weight)[0]

    def _modelled(
        self, batch: State, *, weights: Tensor | None
    ) -> Iterator[tuple[float, State, Tensor | None]]:
        """The parts learned as a model of the data: weight, rows and importance of the rows."""
        if not self.unlabelled:
            if self.generative:
                yield self.generative, batch, weights
            return
        y = batch[self.target]
        known = y.flatten(1).sum(1) > 0
        w = torch.ones_like(known, dtype=y.dtype) if weights is None else weights
        others = {name: x for name, x in batch.items() if name != self.target}
        for rows, alpha, observed in (
            (known, self.generative, batch),
            (~known, self.unlabelled, others),
        ):
            if alpha and float(part := w[rows].sum()) > 0:
                state = {n: x[rows] for n, x in observed.items()}
                yield alpha * float(part / w.sum()), state, w[rows]

    def _update(self, batch: State) -> FusedDiscriminative | None:
        """The fused update if it applies; it is built again if parts of the learner changed."""
        learner = self.learner
        centred = bool(self.generative) and learner.centring is not None
        if not learner.fused or centred or self.unlabelled or ranks.world().size > 1:
            return None
        groups = learner.optimiser.param_groups
        parts = (learner.graph, learner.optimiser, learner.contrast, *learner.penalties, *groups)
        key = (*map(id, parts), self.target, self.generative)
        bound, update = self._bound
        if bound != key or (update is not None and update.stale()):
            update = fused_discriminative(
                learner.graph,
                learner.optimiser,
                target=self.target,
                generative=self.generative,
                contrast=learner.contrast,
                penalties=learner.penalties,
            )
            self._bound = key, update
        return update if update is not None and update.takes(batch) else None

    def state_dict(self) -> dict[str, Any]:
        """The state of the learner."""
        return self.learner.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.learner.load_state_dict(state)
