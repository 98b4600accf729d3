"""Two encoders or more whose codes lie in one space, such as those of pictures and of words."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from harmonium.arguments import checked
from harmonium.errors import UsageError
from harmonium.nets.codec import Net

__all__ = ["JointEmbedding"]


@checked
class JointEmbedding(nn.Module):
    r"""Encodes each part of a row to the same space, at unit length, ``(B, D) -> (B, parts, k)``.

    .. math:: z_p = e_p(x_p) / |e_p(x_p)|, \qquad s(x_p, x_q) = z_p \cdot z_q

    Rows hold the parts side by side (``data.Joined``). The similarity s of a picture and words is
    the cosine of their codes, so that each finds the other (Frome et al., 2013,
    https://papers.nips.cc/paper/5204; Kiros, Salakhutdinov and Zemel, 2014,
    https://arxiv.org/abs/1411.2539). With a linear encoder of words, sums of words are sums of
    codes, before they are brought to unit length.

    Args:
        encoders: part -> net from its values to k numbers; in the order of the parts in a row.

    Raises:
        ValueError: there are fewer than two parts, an encoder has no ``units``, or codes differ in
            size.

    >>> from harmonium.nets import MLP
    >>> net = JointEmbedding({"picture": MLP([64, 20, 5]), "words": MLP([7, 5])})
    >>> net(torch.ones(3, 71)).shape, net.spans["words"]
    (torch.Size([3, 2, 5]), slice(64, 71, None))
    """

    output_kind = "joint codes"

    def __init__(self, encoders: Mapping[str, Net]) -> None:
        super().__init__()
        _check(encoders)
        self.encoders = nn.ModuleDict(dict(encoders))
        self.settings: dict[str, Any] = {"encoders": dict(encoders)}
        ends = [0]
        for part in self.encoders.values():
            ends.append(ends[-1] + _units(part)[0])
        self.spans = {n: slice(*at) for n, at in zip(self.encoders, pairwise(ends), strict=True)}

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, and of a code."""
        first = next(iter(self.encoders.values()))
        return (sum(_units(part)[0] for part in self.encoders.values()), _units(first)[-1])

    def embed(self, part: str, values: Tensor) -> Tensor:
        """Codes of unit length of one part's values, ``(B, D_part) -> (B, k)``."""
        encoder: Any = self.encoders[part]
        shape = getattr(encoder, "shape", None) or (_units(encoder)[0],)
        return normalize(encoder(values.reshape(-1, *shape)), dim=1)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Part -> its codes ``(B, k)``."""
        flat = x.flatten(1)
        return {part: self.embed(part, flat[:, at]) for part, at in self.spans.items()}

    def forward(self, x: Tensor) -> Tensor:
        """Codes of all parts, ``(B, D) -> (B, parts, k)``."""
        return torch.stack([*self.activities(x).values()], 1)


def _units(encoder: Any) -> tuple[int, ...]:  # noqa: ANN401
    return tuple(encoder.units)


def _check(encoders: Mapping[str, Net]) -> None:
    if len(encoders) < 2:
        raise UsageError(f"encoders of {[*encoders]}: give two parts or more")
    for name, part in encoders.items():
        if not hasattr(part, "units"):
            raise UsageError(
                f"encoders.{name}: {type(part).__name__} has no units: give it the values that it "
                "reads and the units of every layer (see harmonium.nets)"
            )
    sizes = {name: _units(part)[-1] for name, part in encoders.items()}
    if len({*sizes.values()}) > 1:
        told = ", ".join(f"{size} of {name}" for name, size in sizes.items())
        raise UsageError(f"codes of different sizes, {told}: end all encoders in the same size")
