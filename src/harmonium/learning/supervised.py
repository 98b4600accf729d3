"""Ordinary supervised learning of an ordinary net, as a step for the loop."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from harmonium.arguments import checked
from harmonium.learning import ranks
from harmonium.sampling import normalised

__all__ = ["Classify"]


@checked
@dataclass
class Classify:
    """One update of a net by backpropagation of the mean cross-entropy, in nats per sample.

    Args:
        net: ``(B, *shape) -> (B, classes)``, logits.
        optimiser: of the net's parameters.
    """

    net: nn.Module
    optimiser: torch.optim.Optimizer

    def __call__(self, batch: Sequence[Tensor]) -> Tensor:
        """From (x, labels) or (x, labels, weights); returns the loss before the update."""
        x, labels, *rest = batch
        if rest:
            normalised(rest[0], x)  # words where they are no weights
        losses = cross_entropy(self.net(x), labels, reduction="none")
        loss = losses.mean() if not rest else (losses * rest[0]).sum() / rest[0].sum()
        self.optimiser.zero_grad()
        loss.backward()
        weight = len(x) if not rest else rest[0].sum()
        ranks.mean_gradients(self.net.parameters(), weight=weight)
        self.optimiser.step()
        return ranks.mean([loss.detach()], weight=weight)[0]
