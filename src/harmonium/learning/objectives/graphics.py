"""The loss of inverse graphics: in every batch one factor changes, and all others stay."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError

__all__ = ["InverseGraphics"]


class InverseGraphics:
    r"""The bound of a variational codec, with numbers of the code bound to named factors.

    A batch is made of groups of pictures. In a group either one factor of the pose changes and
    the picture and all other factors stay, or the pictures differ and their pose stays. Number j
    of the code is *active* where factor j changes, and all numbers behind those of the factors
    where pictures differ. Outputs z of the encoder that are not active become their mean in the
    group before they are decoded, and are pulled towards it:

    .. math:: \tilde z_i = \begin{cases} z_i & \text{active} \\ m_i & \text{else} \end{cases},
              \qquad \frac{\partial E}{\partial z_i} = \frac{\partial L}{\partial \tilde z_i}
              \text{ active}, \qquad p \, (z_i - m_i) \text{ else}

    where L is the objective of the decoded code plus the code's cost at
    :math:`\tilde z`. So only the active numbers can tell the pictures of a group apart. (Kulkarni
    et al., 2015, https://arxiv.org/abs/1503.03167, section 3.2; they have p = 1/100.)

    Args:
        objective: compares outputs of the decoder and targets.
        poses: the factors, and pictures in their poses (``data.Poses``).
        group: pictures of a group, at least 2.
        intrinsic: share of the batches in which pictures differ; factors share the rest equally.
        pull: p.
        source: random generator of kinds and poses.

    Raises:
        ValueError: the code has no number left behind those of the factors.
    """

    figure = "cost"

    def __init__(
        self,
        objective: Any,  # noqa: ANN401
        poses: Any,  # noqa: ANN401
        *,
        group: int = 10,
        intrinsic: float = 0.5,
        pull: float = 0.01,
        source: torch.Generator | None = None,
    ) -> None:
        self.objective, self.poses, self.group = objective, poses, group
        self.intrinsic, self.pull, self.source = intrinsic, pull, source

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs of nets that the objective can compare."""
        return tuple(self.objective.outputs)

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each picture of the groups, ``(B',)``.

        Args:
            net: a codec whose code has a prior.
            batch: "x" ``(B, C, H, W)``, pictures without a pose.
        """
        codec: Any = net
        seen, factor = self.grouped(batch["x"])
        z = codec.encoder(seen)
        active = self._active(factor, k=codec.decoder.units[0], like=z)
        held, pulled = clamped(z, active, group=self.group)
        c = codec.code(held)
        loss: Tensor = self.objective(codec.decoder, {"x": c, "y": seen.flatten(1)})
        return loss + codec.code.cost(held) + self.pull * pulled

    def grouped(self, x: Tensor) -> tuple[Tensor, int]:
        """Pictures in groups, one group after the other, and the factor that changes.

        The factor is the number of factors where pictures differ.
        """
        count, factors = len(x) // self.group, len(self.poses.names)
        if not count:
            raise UsageError(
                f"a batch of {len(x)} pictures holds no group of {self.group}: make batch_size at "
                "least as large as group, and a part of the rows"
            )
        draw = x.new_empty(2).uniform_(generator=self.source)
        same = float(draw[0]) < self.intrinsic
        factor = factors if same else min(int(draw[1] * factors), factors - 1)
        amounts = self.poses.drawn(x, count, source=self.source).repeat_interleave(self.group, 0)
        if same:
            rows = x[: count * self.group]
        else:
            rows = x[:count].repeat_interleave(self.group, 0)
            amounts[:, factor] = self.poses.drawn(x, len(rows), source=self.source)[:, factor]
        return self.poses.posed(rows, amounts), factor

    def _active(self, factor: int, *, k: int, like: Tensor) -> Tensor:
        """Which outputs of the encoder are active, ``(w,)``; each number of a code has w / k."""
        factors = len(self.poses.names)
        if k <= factors:
            raise UsageError(
                f"the code has {k} numbers, and the poses {factors} factors: give the code more "
                "numbers, for what is not pose"
            )
        numbers = torch.arange(k, device=like.device)
        one = numbers >= factors if factor == factors else numbers == factor
        return one.repeat(like.shape[1] // k)


def clamped(z: Tensor, active: Tensor, *, group: int) -> tuple[Tensor, Tensor]:
    r"""Outputs that are not active, replaced by their means, and half their squared distances.

    The gradient of the second is :math:`z - m` where a number is not active: the mean counts as
    fixed.

    Args:
        z: outputs of the encoder, groups one after the other, ``(B, w)``.
        active: ``(w,)``, bool.
        group: pictures of a group.
    """
    mean = z.detach().reshape(-1, group, z.shape[1]).mean(1).repeat_interleave(group, 0)
    pulled = 0.5 * ((z - mean).square() * ~active).sum(1)
    return torch.where(active, z, mean), pulled
