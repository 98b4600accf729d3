"""Canonical correlation analysis: a linear joint space of two parts of a row."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import normalize

from harmonium.bounds import Count, Positive
from harmonium.judges.cross_modal import Embed, both_ways, parts_of
from harmonium.judges.swapped_words import answers, swaps
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["CCA", "canonical"]

_FOLDS = 5


@dataclass(frozen=True)
class CCA:
    r"""Linear maps of two parts to one space in which they are correlated as much as possible.

    .. math:: (C_{xx} + r_x I)^{-1/2}\, C_{xy}\, (C_{yy} + r_y I)^{-1/2} = U S V^T

    Codes are the first k columns of U and V of whitened parts, times S, and brought to unit
    length (Hotelling, 1936, https://doi.org/10.1093/biomet/28.3-4.321; with ridges, Vinod, 1976;
    with S, Gong et al., 2014, https://arxiv.org/abs/1212.4522). The ridges are shares of the mean
    variance of a part. They are chosen on a fifth of the training rows by the sum of all recalls
    and precisions of the judge ``cross_modal``; the maps are then fitted to all of them. It
    reports the figures of the judges ``cross_modal`` and ``swapped_words``.

    Args:
        components: k; null for the size of the model's codes.
        ridges: of both parts, all pairs of which are tried.
        most: as in the judge ``swapped_words``.
    """

    needs: ClassVar[Needs] = Needs(data=("joined", "train", "test"))

    components: Count | None = None
    ridges: tuple[Positive, ...] = (0.1, 1.0, 10.0)
    most: Count | None = None

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the maps to training rows; the figures of test rows."""
        names = "words", "picture"
        kind = parts_of(trial.data, *names)
        test, train = trial.data.test, trial.data.train
        assert test is not None
        k = self.components or trial.able("embeds parts").net.units[-1]
        held = torch.arange(len(train), device=train.x.device) % _FOLDS == 0
        begin, held_out = (
            train.take((~held).nonzero().flatten()),
            train.take(held.nonzero().flatten()),
        )

        def fitted(rows: Any, ridges: tuple[float, float]) -> Embed:  # noqa: ANN401
            x = rows.x[:]
            return canonical({n: x[:, kind.spans[n]] for n in names}, k=k, ridges=ridges)

        def worth(ridges: tuple[float, float]) -> float:
            found = both_ways(fitted(begin, ridges), held_out, kind=kind, names=names, at=5)
            return sum(v for n, v in found.items() if "recall" in n or n.endswith("precision"))

        best = max(((a, b) for a in self.ridges for b in self.ridges), key=worth)
        embed = fitted(train, best)
        x = torch.cat([test.x[:], train.x[:]])[:2000]
        parts = {n: x[:, kind.spans[n]] for n in names}
        asked = swaps(parts["words"] > 0.5, starts=len(test), contexts=3, most=self.most)
        found = both_ways(embed, test, kind=kind, names=names, at=5)
        more = answers(embed, asked, parts=parts) if len(asked.start) else {}
        settings = {"components": k, "ridge_words": best[0], "ridge_picture": best[1]}
        return {**found, **more, "settings": settings}


def canonical(parts: dict[str, Tensor], *, k: int, ridges: tuple[float, float]) -> Embed:
    """Fits the maps of two parts, see ``CCA``; returns codes of unit length of a part's values.

    Args:
        parts: name -> training values ``(N, D_part)``, two of them.
        k: components, at most as many as the smaller part has values.
        ridges: of each part, as shares of the mean variance of its values.
    """
    x = {name: values.double() for name, values in parts.items()}
    mean = {name: values.mean(0) for name, values in x.items()}
    x = {name: values - mean[name] for name, values in x.items()}
    white = {}
    for (name, values), ridge in zip(x.items(), ridges, strict=True):
        spread = values.mT @ values / len(values)
        level, axes = torch.linalg.eigh(spread)
        scale = (level.clamp(min=0) + ridge * spread.trace() / len(spread)).rsqrt()
        white[name] = (axes * scale) @ axes.mT
    one, two = x
    cross = white[one] @ (x[one].mT @ x[two] / len(x[one])) @ white[two]
    u, s, vt = torch.linalg.svd(cross, full_matrices=False)
    maps = {one: white[one] @ u[:, :k] * s[:k], two: white[two] @ vt[:k].mT * s[:k]}

    def embed(part: str, values: Tensor) -> Tensor:
        return normalize((values.double() - mean[part]) @ maps[part], dim=1).to(values.dtype)

    return embed
