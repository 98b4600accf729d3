"""Checks of a generator while it learns: variety of its samples, and a discriminator that wins."""

import torch
from torch import Tensor

from harmonium.learning.watch import Finding

__all__ = ["collapse_findings", "met_rows", "told_apart"]

_VARIETY, _CERTAIN = 0.25, 0.999
"""Smallest variety relative to that of rows, and largest share of pairs told apart, that are no
finding."""


def met_rows(samples: Tensor, rows: Tensor) -> float:
    r"""Effective number of rows that are the nearest ones to samples.

    .. math:: \exp H(c / n), \qquad c_i = \#\{s : i = \arg\min_j \lVert s - x_j \rVert\}

    It is 1 if all samples are near the same row, and at most the number of samples.

    Args:
        samples: ``(n, D)``.
        rows: ``(m, D)``.
    """
    nearest = torch.cdist(samples.flatten(1), rows.flatten(1)).argmin(1)
    share = nearest.bincount().double() / len(samples)
    return float(torch.special.entr(share).sum().exp())


def told_apart(real: Tensor, made: Tensor) -> float:
    """Share of pairs of a row and a sample in which the row has the higher score; ties count half.

    It is the area under the curve of the discriminator's hits and false alarms: 0.5 if scores say
    nothing, 1 if every row is above every sample. It does not depend on the scale of the scores.

    Args:
        real: scores of rows, ``(n,)``.
        made: scores of samples, ``(m,)``.
    """
    gap = real.double()[:, None] - made.double()
    return float(((gap > 0).double() + 0.5 * (gap == 0).double()).mean())


def collapse_findings(*, variety: float, apart: float) -> list[Finding]:
    """Checks what a generator makes.

    Args:
        variety: ``met_rows`` of samples, relative to that of as many other rows.
        apart: ``told_apart`` of rows and samples.
    """
    certain = apart > _CERTAIN
    if variety < _VARIETY:
        remedy = (
            "lower both learning rates, above all the generator's, take batch normalisation in "
            "the generator, dropout in the discriminator, or spectral_norm with the loss hinge"
            if certain
            else "lower the generator's learning rate or raise the discriminator's, take more "
            "steps of the discriminator, the loss wasserstein, or spectral_norm with the loss "
            "hinge; an average of the generator helps where it goes round in circles"
        )
        return [
            Finding(
                "mode collapse",
                f"samples lie near {100 * variety:.1f} % as many different rows of the data as "
                f"other rows do; of pairs of a row and a sample, the discriminator tells "
                f"{100 * apart:.1f} % apart",
                remedy,
                "The generator makes a few kinds of rows and leaves out the others",
            )
        ]
    if not certain:
        return []
    return [
        Finding(
            "certain discriminator",
            f"of pairs of a row and a sample, it tells {100 * apart:.2f} % apart",
            "lower the discriminator's learning rate, take dropout in it or spectral_norm, or the "
            "loss wasserstein, whose slope does not vanish",
            "Samples are unlike any row, and scores at the ends of their range give the generator "
            "little to learn from",
        )
    ]
