r"""Learning to classify: the gradient of log p(y | x), alone or with the model of the data.

.. math:: \nabla \Big( \log p(y \mid x) + \alpha \log p(x, y) + \beta \log p(x') \Big)

(Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224): discriminative at
:math:`\alpha = 0`, hybrid above, semi-supervised with rows x' that have no label; as a model of
the data alone it is the plain ``Learner``.
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
    """The mean of -log p(target | the other groups of the batch), in nats, differentiable.

    Args:
        graph: a machine or view.
        batch: name -> ``(B, *shape)``, the target's values among them: states, or probabilities
            over them (then the cross-entropy).
        target: one unit of several states, or any group whose states can be listed if its values
            are states.
        weights: importance of each row, ``(B,)``.

    Raises:
        ValueError: the batch lacks the target, or its values are no states of it.
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
        assert states is not None  # log_conditional has listed them
        share = (y.flatten(1)[:, None] == states.flatten(1)).all(2).to(log_p)
        if bool((share.sum(1) != 1).any()):
            raise UsageError(f"values of {target!r} are no states of its units")
    return -(normalised(weights, log_p) * (share * log_p).sum(1)).sum()


@checked
@dataclass
class Discriminative:
    """Updates of a learner's machine that sharpen its conditional of one group.

    Args:
        learner: the machine, optimiser, penalties; with ``generative``, contrast, chains,
            centring and source too. Its ``fused`` counts here likewise
            (``learning.fused_discriminative``).
        target: the group to be predicted.
        generative: weight alpha of the model of all groups; 0 draws nothing.
        unlabelled: weight beta of the model of the other groups, for rows whose target is all
            zeros: it is not known. Give the learner ``Listed(target)`` as its inference then. At 0
            every row's target counts as known.

    Penalties of weights count once, whatever alpha is; those of activities do not count.
    """

    learner: Learner
    target: str = "y"
    generative: NonNegative = 0.0
    unlabelled: NonNegative = 0.0
    _bound: tuple[tuple[object, ...], FusedDiscriminative | None] = field(
        default=((), None), init=False, repr=False
    )

    def step(self, batch: State, *, weights: Tensor | None = None) -> Tensor:
        """One update from a batch with the target's values, name -> ``(B, *shape)``.

        Returns:
            The mean of -log p(target | the others) before the update, in nats.
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
        found = torch.autograd.grad(loss, parameters, allow_unused=True)
        pairs = zip(parameters, found, strict=True)
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
        """What is learned as a model of the data: its share, rows and their importance."""
        if not self.unlabelled:
            if self.generative:
                yield self.generative, batch, weights
            return
        y = batch[self.target]
        known = y.flatten(1).sum(1) > 0
        w = torch.ones_like(known, dtype=y.dtype) if weights is None else weights
        others = {name: x for name, x in batch.items() if name != self.target}
        for rows, alpha, seen in (
            (known, self.generative, batch),
            (~known, self.unlabelled, others),
        ):
            if alpha and float(part := w[rows].sum()) > 0:
                yield alpha * float(part / w.sum()), {n: x[rows] for n, x in seen.items()}, w[rows]

    def _update(self, batch: State) -> FusedDiscriminative | None:
        """The fused update, bound anew if the parts have changed."""
        it = self.learner
        centred = bool(self.generative) and it.centring is not None
        if not it.fused or centred or self.unlabelled or ranks.world().size > 1:
            return None
        parts = (it.graph, it.optimiser, it.contrast, *it.penalties, *it.optimiser.param_groups)
        key = (*map(id, parts), self.target, self.generative)
        bound, update = self._bound
        if bound != key or (update is not None and update.stale()):
            update = fused_discriminative(
                it.graph,
                it.optimiser,
                target=self.target,
                generative=self.generative,
                contrast=it.contrast,
                penalties=it.penalties,
            )
            self._bound = key, update
        return update if update is not None and update.takes(batch) else None

    def state_dict(self) -> dict[str, Any]:
        """The learner's."""
        return self.learner.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on from a saved state."""
        self.learner.load_state_dict(state)
