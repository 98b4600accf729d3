"""Artificial protein alignments, drawn from a Potts model whose contacts are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from harmonium.bounds import Count, NonNegative, Seed
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.fasta import letters
from harmonium.data.kinds import Numbers
from harmonium.errors import DataError

__all__ = ["SHEET", "known_couplings", "potts_alignment"]

SHEET: tuple[tuple[int, int], ...] = (
    *((k, 13 - k) for k in range(6)),
    *((k, 12 - k) for k in range(1, 5)),
    *((8 + k, 21 - k) for k in range(6)),
    *((9 + k, 21 - k) for k in range(1, 5)),
)
"""Contacts of 22 sites that form a sheet of three strands, each next to its neighbours."""

_HYDROPATHY = {
    **{"A": 1.8, "R": -4.5, "N": -3.5, "D": -3.5, "C": 2.5, "Q": -3.5, "E": -3.5, "G": -0.4},
    **{"H": -3.2, "I": 4.5, "L": 3.8, "K": -3.9, "M": 1.9, "F": 2.8, "P": -1.6, "S": -0.8},
    **{"T": -0.7, "W": -0.9, "Y": -1.3, "V": 4.2},
}
"""Hydropathy of the amino acids (Kyte and Doolittle, 1982)."""

_CHARGE = {"R": 1.0, "K": 1.0, "D": -1.0, "E": -1.0}

_VOLUME = {
    **{"A": 88.6, "R": 173.4, "N": 114.1, "D": 111.1, "C": 108.5, "Q": 143.8, "E": 138.4},
    **{"G": 60.1, "H": 153.2, "I": 166.7, "L": 166.7, "K": 168.6, "M": 162.9, "F": 189.9},
    **{"P": 112.7, "S": 89.0, "T": 116.1, "W": 227.8, "Y": 193.6, "V": 140.0},
}
"""Volumes of the amino acids, cubic angstroms (Zamyatnin, 1972)."""


def potts_alignment(  # noqa: PLR0913
    sequences: Count = 3000,
    test: Count = 1000,
    *,
    sites: Count = 22,
    contacts: Sequence[Sequence[int]] | None = None,
    strength: NonNegative = 0.8,
    seed: Seed = 0,
) -> DataSet:
    """Aligned sequences of an artificial protein family, one-hot, whose contacts are known.

    They are drawn by Gibbs sampling from a Potts model of 21 letters (`known_couplings`): letters
    at two sites in contact attract by hydropathy and by opposite charges, or make up for each
    other's volume. Every site has its own preferences. Each sequence has a chain of its own.

    Args:
        sequences: Number of training sequences.
        test: Number of test sequences.
        sites: Number of sites.
        contacts: Pairs of sites in contact, numbered from 0; null for a sheet of three strands.
        strength: Strength of the couplings, in nats; with 0 sites are independent.
        seed: Seed of preferences and sequences.

    Raises:
        ValueError: a pair is not of two different sites.
    """
    h, j = known_couplings(
        sites, SHEET if contacts is None else contacts, strength=strength, seed=seed
    )
    codes = _sampled(h, j, rows=sequences + test, seed=seed)
    x = torch.nn.functional.one_hot(codes, h.shape[1]).float().flatten(1)
    splits: dict[str, Any] = {"train": Split(x[:sequences]), "test": Split(x[sequences:])}
    return DataSet("potts_alignment", **splits, columns={"x": Numbers(tuple(h.shape))})


def known_couplings(
    sites: int, contacts: Sequence[Sequence[int]], *, strength: float, seed: int
) -> tuple[Tensor, Tensor]:
    r"""Fields ``(sites, 21)`` and couplings ``(sites, 21, sites, 21)``, in nats.

    With standardised properties u of the letters (zero for the gap), a contact has

    .. math:: J(a, b) = s\, (w_1 u_1(a) u_1(b) - w_2 u_2(a) u_2(b) - w_3 u_3(a) u_3(b))

    for hydropathy, charge and volume, and its own weights w, drawn uniformly with sum 1.
    """
    source = torch.Generator().manual_seed(seed)
    own = letters("protein")
    tables = (_HYDROPATHY, _CHARGE, _VOLUME)
    u = torch.stack([_standard(table, own) for table in tables])
    h = 0.3 * torch.randn(sites, len(own), generator=source, dtype=torch.float32)
    j = torch.zeros(sites, len(own), sites, len(own), dtype=torch.float32)
    sign = torch.tensor([1.0, -1.0, -1.0], dtype=torch.float32)
    for pair in contacts:
        if len(pair) != 2 or pair[0] == pair[1] or min(pair) < 0 or max(pair) >= sites:
            raise DataError(f"contact {list(pair)}: two different sites from 0 to {sites - 1}")
        a, b = pair
        w = torch.rand(3, generator=source, dtype=torch.float32)
        between = torch.einsum("r,ra,rb->ab", strength * sign * w / w.sum(), u, u)
        j[a, :, b] = between
        j[b, :, a] = between.mT
    return h, j


def _standard(table: dict[str, float], own: str) -> Tensor:
    """A property of the letters: mean 0 and deviation 1 over amino acids, 0 for the gap."""
    values = torch.tensor([table.get(c, 0.0) for c in own[1:]], dtype=torch.float32)
    values = (values - values.mean()) / values.std(correction=0)
    return torch.cat([torch.zeros(1, dtype=torch.float32), values])


def _sampled(h: Tensor, j: Tensor, *, rows: int, seed: int, sweeps: int = 100) -> Tensor:
    """States ``(rows, sites)`` after Gibbs sweeps from independent sites."""
    source = torch.Generator().manual_seed(seed + 1)
    sites, states = h.shape
    x = torch.nn.functional.one_hot(
        torch.multinomial(h.softmax(1), rows, replacement=True, generator=source).mT, states
    ).float()
    for _ in range(sweeps):
        for i in range(sites):  # each site given the newest states of the others
            logits = h[i] + torch.einsum("njb,ajb->na", x, j[i])
            drawn = torch.multinomial(logits.softmax(1), 1, generator=source)[:, 0]
            x[:, i] = torch.nn.functional.one_hot(drawn, states).float()
    return x.argmax(2)
