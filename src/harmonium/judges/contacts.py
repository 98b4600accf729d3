"""Contacts between sites, predicted from the couplings of a Potts machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data.potts_alignment import SHEET
from harmonium.errors import UsageError
from harmonium.learning.couplings import (
    contact_precision,
    contact_scores,
    effective_couplings,
)
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Contacts", "contact_map", "mutual_information"]


@dataclass(frozen=True)
class Contacts:
    """The share of true contacts among the pairs of sites with the strongest couplings.

    Pairs are ranked by the Frobenius norms of effective couplings with the average-product
    correction (``learning.couplings``). Beside it: the same for the mutual information of the
    training rows, which takes indirect correlations for contacts as well, and the share of
    contacts among all pairs.

    Args:
        pairs: the known contacts, pairs of sites from 0; null for those of potts_alignment.
        top: number of pairs of highest score; null for the number of sites.
        separation: minimum distance of two sites along the sequence.
    """

    needs: ClassVar[Needs] = Needs(model=("graph",), data=("train",))

    pairs: Sequence[Sequence[int]] | None = None
    top: Count | None = None
    separation: Count = 3

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``contact_precision``, ``information_precision`` and ``contact_share``.

        Raises:
            ValueError: the machine has no one-hot visible units, a pair lies outside of it, or
                no two sites are as far apart as the separation.
        """
        graph = trial.able("graph").machine
        try:
            couplings = effective_couplings(graph).couplings
        except ValueError as error:
            raise UsageError(f"judge contacts: {error}") from error
        sites, states = couplings.shape[:2]
        if self.separation >= sites:
            raise UsageError(
                f"judge contacts: separation is {self.separation}, and there are {sites} sites: "
                f"give less than {sites}"
            )
        known = contact_map(SHEET if self.pairs is None else self.pairs, sites)
        x = trial.data.train.x[:].reshape(-1, sites, states)
        information = mutual_information(x, trial.data.train.weights)
        settings = {"top": self.top or sites, "separation": self.separation}
        i, j = torch.triu_indices(sites, sites, self.separation)
        return {
            "contact_precision": contact_precision(contact_scores(couplings), known, **settings),
            "information_precision": contact_precision(information, known, **settings),
            "contact_share": float(known[i, j].double().mean()),
        }


def contact_map(pairs: Sequence[Sequence[int]], sites: int) -> Tensor:
    """Pairs as a symmetric matrix ``(sites, sites)``, bool.

    Raises:
        ValueError: a pair is not of two different sites.
    """
    known = torch.zeros(sites, sites, dtype=torch.bool)
    for pair in pairs:
        if len({*pair}) != 2 or min(pair) < 0 or max(pair) >= sites:
            raise UsageError(
                f"judge contacts: pair {list(pair)}; two different sites from 0 to {sites - 1} "
                "are needed: give the contacts of these data in `pairs`"
            )
        known[pair[0], pair[1]] = known[pair[1], pair[0]] = True
    return known


def mutual_information(x: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mutual information of sites with the average-product correction, ``(sites, sites)``.

    Args:
        x: one-hot ``(N, sites, states)``.
        weights: importance of each row, ``(N,)``; None: equal.
    """
    n, sites, states = x.shape
    w = torch.ones(n, dtype=torch.float64) if weights is None else weights.double().cpu()
    flat = x.reshape(n, -1).double().cpu()
    both = flat.mT @ (flat * (w / w.sum())[:, None])
    one = both.diagonal()
    ratio = both / torch.outer(one, one).clamp(min=1e-300)
    terms = torch.xlogy(both, ratio.clamp(min=1e-300))
    information = terms.reshape(sites, states, sites, states).sum((1, 3))
    information = (information + information.mT) / 2
    information = information - information.diagonal().diag()
    mean = information.sum(1) / (sites - 1)
    scores = information - torch.outer(mean, mean) / mean.mean().clamp(min=1e-300)
    return scores - scores.diagonal().diag()
