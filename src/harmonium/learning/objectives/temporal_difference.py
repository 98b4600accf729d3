"""The error of action values against the reward and the value of what followed."""

import copy
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["TemporalDifference"]


class TemporalDifference:
    r"""Huber's loss of the temporal-difference error of Q-learning.

    .. math:: \delta = r + g \, Q^-(s', a^*) - Q(s, a), \qquad
              \ell = \begin{cases} \delta^2 / 2 & |\delta| \le 1 \\ |\delta| - 1/2 \end{cases}

    g is the discount of what followed: gamma to the number of steps, 0 where the episode ended.
    Q^- is the target net: a copy of the net that is renewed every ``renewal`` updates, so that the
    target stands still meanwhile. The best action a* is that of the target net (Mnih et al., 2015,
    https://doi.org/10.1038/nature14236). With ``double`` it is that of the net itself, which
    removes the bias of the maximum over noisy values (van Hasselt et al., 2016,
    https://arxiv.org/abs/1509.06461). Huber's loss is the clipping of errors of 2015.

    Args:
        net: whose copy is the first target net.
        renewal: updates after which the target net is renewed; 1 for no separate target net.
        double: whether the net itself chooses the action.
    """

    outputs: ClassVar[tuple[str, ...]] = ("actions",)
    figure: ClassVar[str] = "temporal_difference"

    def __init__(self, net: nn.Module, *, renewal: int = 500, double: bool = True) -> None:
        self.renewal, self.double = renewal, double
        self.target = copy.deepcopy(net).eval().requires_grad_(requires_grad=False)
        self._updates = 0

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each transition, ``(B,)``.

        Args:
            net: ``(B, *shape) -> (B, actions)``.
            batch: "x" and "next" ``(B, *shape)``, "action", "reward" and "discount" ``(B,)``.
        """
        if self._updates % self.renewal == 0:
            self.target.load_state_dict(net.state_dict())
        self._updates += 1
        q = net(batch["x"]).gather(1, batch["action"][:, None])[:, 0]
        return functional.smooth_l1_loss(q, self.targets(net, batch), reduction="none")

    @torch.no_grad()
    def targets(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """What the values should be, ``(B,)``."""
        after = self.target(batch["next"])
        best = (net(batch["next"]) if self.double else after).argmax(1, keepdim=True)
        future = after.gather(1, best)[:, 0]
        return batch["reward"] + batch["discount"] * future

    def state_dict(self) -> dict[str, Any]:
        """The target net's parameters, and the number of updates."""
        return {"target": self.target.state_dict(), "updates": self._updates}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        self.target.load_state_dict(state["target"])
        self._updates = state["updates"]
