r"""Wake-sleep and reweighted wake-sleep as objectives of gradient descent.

For each row, K samples of the hidden layers are drawn by the recognition net q. With the weights
:math:`w_k = p(x, h_k) / q(h_k | x)`, normalised to :math:`\tilde w_k = w_k / \sum_j w_j`, the
parameters move along

.. math::
    \text{generative:} \quad & \sum_k \tilde w_k \nabla \log p(x, h_k) \\
    \text{recognition, wake:} \quad & \sum_k \tilde w_k \nabla \log q(h_k \mid x) \\
    \text{recognition, sleep:} \quad & \nabla \log q(h \mid x), \qquad x, h \sim p

Reweighted wake-sleep is all three (Bornschein and Bengio, 2015, https://arxiv.org/abs/1406.2751).
With one sample the weight is 1, and the generative and the sleep line are wake-sleep as it was
first published (Hinton, Dayan, Frey and Neal, 1995, https://doi.org/10.1126/science.7761831).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.learning.bounds_of_codes import importance_weighted

__all__ = ["WakeSleep"]

Phase = Literal["sleep", "wake", "both"]


class WakeSleep:
    """Wake-sleep learning of a ``SigmoidBeliefNet``.

    The value of the loss is minus the importance-weighted bound of the K samples, of which the
    generative line is the gradient. The recognition net has another objective, which adds its
    gradient but nothing to the value.

    Args:
        samples: K, samples of the hidden layers for each row.
        recognition: phases in which the recognition net learns.

    Raises:
        ValueError: the recognition net is to learn from its own single sample.
    """

    outputs: ClassVar[tuple[str, ...]] = ("probabilities", "gaussian")
    figure: ClassVar[str] = "cost"

    def __init__(self, samples: int = 1, recognition: Phase = "sleep") -> None:
        if samples == 1 and recognition != "sleep":
            raise UsageError(
                f"recognition is {recognition} with one sample, whose weight is always 1, so that "
                "the recognition net would learn whatever it draws: give several samples, or "
                "take sleep"
            )
        self.samples, self.recognition = samples, recognition

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """Minus the bound of each row, ``(B,)``, in nats; its gradient is that of the module.

        Args:
            net: a ``SigmoidBeliefNet``.
            batch: "x" ``(B, D)``.
        """
        model: Any = net
        x = batch["x"].flatten(1)
        values, log_q = model.recognise(x, samples=self.samples, source=model.source)
        log_p = model.log_joint(values).view(self.samples, -1)
        loss = reweighted(log_p, log_q.view(self.samples, -1), wake=self.recognition != "sleep")
        if self.recognition != "wake":
            dream = model.generate(len(x), source=model.source)
            loss = loss - _only_gradient(model.log_recognition(dream))
        return loss


def reweighted(log_p: Tensor, log_q: Tensor, *, wake: bool) -> Tensor:
    r"""Minus the importance-weighted bound, with the gradients of the wake phase, ``(B,)``.

    Args:
        log_p: log p(x, h_k), ``(K, B)``.
        log_q: log q(h_k | x), ``(K, B)``.
        wake: whether the recognition net learns from the reweighted samples.
    """
    log_weights = log_p - log_q.detach()
    loss = -importance_weighted(log_weights)
    if not wake:
        return loss
    shares = torch.softmax(log_weights.detach(), 0)
    return loss - _only_gradient((shares * log_q).sum(0))


def _only_gradient(x: Tensor) -> Tensor:
    """Zeros whose gradient is that of x."""
    return x - x.detach()
