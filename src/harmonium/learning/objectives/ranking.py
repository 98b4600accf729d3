"""Ranking: a picture is nearer to its own words than to others, and words to their picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Positive

__all__ = ["Ranking", "similarities"]

_SAME = 1 - 1e-6
"""Cosine above which codes are of the same picture, or of the same words."""


@checked
@dataclass(frozen=True)
class Ranking:
    r"""The ranking loss of two parts of a row, with the other rows of the batch as negatives.

    .. math:: L_i = f_{j \ne i}[m + s_{ij} - s_{ii}]_+ + f_{j \ne i}[m + s_{ji} - s_{ii}]_+

    where :math:`s_{ij} = z_i \cdot w_j` compares part one of row i with part two of row j. f is
    one of:

    - ``sum``: all negatives (Kiros, Salakhutdinov and Zemel, 2014,
      https://arxiv.org/abs/1411.2539);
    - ``hardest``: the largest (Faghri et al., 2018, https://arxiv.org/abs/1707.05612);
    - ``soft``: the smooth maximum of the differences and of 0, without margin,
      :math:`\log(1 + \sum_j \exp((s_{ij} - s_{ii}) / T))`, which is the negative log-probability
      of the own row among the batch (Radford et al., 2021, https://arxiv.org/abs/2103.00020).

    A row that has all words that row i shows is an answer, and no negative, where the batch has
    them. A row one of whose parts is that of row i (codes with a cosine of 1) is no negative of
    it. With more than two parts, the loss is the sum over all pairs of parts.

    Args:
        negatives: f.
        margin: m, a difference of cosines.
        temperature: T of ``soft``.
    """

    outputs: ClassVar[tuple[str, ...]] = ("joint codes",)
    figure: ClassVar[str] = "ranking"
    negatives: Literal["sum", "hardest", "soft"] = "sum"
    margin: Positive = 0.2
    temperature: Positive = 0.1

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``.

        Args:
            net: ``(B, D) -> (B, parts, k)``, codes of unit length.
            batch: "x" ``(B, D)``; and by the name of a part of 0 and 1, such as words, all that
                each row has of it, where "x" shows a part of it.
        """
        codes: Tensor = net(batch["x"])
        spans: Mapping[str, slice] = getattr(net, "spans", {})
        names, losses = [*spans] or [*range(codes.shape[1])], []
        for a, asks in enumerate(names):
            for b, answers in enumerate(names):
                if a != b:
                    right = _covered(batch, spans, part=asks)
                    right = right | _covered(batch, spans, part=answers).mT
                    losses.append(self._one_way(codes[:, a], codes[:, b], right=right))
        return torch.stack(losses).sum(0)

    def _one_way(self, asks: Tensor, answers: Tensor, *, right: Tensor) -> Tensor:
        """The loss of each row whose code asks for the answer of the same row, ``(B,)``."""
        s = similarities(asks, answers)
        gap = s - s.diagonal()[:, None]
        alike = torch.maximum(similarities(asks, asks), similarities(answers, answers))
        same = ((alike > _SAME) | right).fill_diagonal_(fill_value=True)
        if self.negatives == "soft":
            ahead = (gap / self.temperature).masked_fill(same, -torch.inf)
            return torch.nn.functional.pad(ahead, (1, 0)).logsumexp(1)
        over = (self.margin + gap).clamp(min=0).masked_fill(same, 0)
        return over.sum(1) if self.negatives == "sum" else over.amax(1)


def _covered(batch: Mapping[str, Tensor], spans: Mapping[str, slice], *, part: Any) -> Tensor:  # noqa: ANN401
    """Whether row j has all that row i shows of a part, ``(B, B)``; no row if that is unknown."""
    x = batch["x"]
    if part not in spans or part not in batch:
        return torch.zeros((len(x), len(x)), dtype=torch.bool, device=x.device)
    shown = x[:, spans[part]]
    return shown @ batch[part].mT >= shown.sum(1, keepdim=True)


def similarities(asks: Tensor, answers: Tensor) -> Tensor:
    """Cosines of codes of unit length, ``(N, k), (M, k) -> (N, M)``."""
    return asks @ answers.mT
