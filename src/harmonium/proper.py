"""Which pairs of families can be joined: whether an energy can be normalised.

Bounded states always can. Two unbounded groups with quadratic energies can if their joint
precision matrix is positive definite. The energy of Poisson units grows as x log x only, so the
product with another unbounded value outgrows it (table in docs/formalism.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor

from harmonium.connections import Connection
from harmonium.connections.matrix import matrix
from harmonium.errors import UsageError
from harmonium.memory import need
from harmonium.units import Units

__all__ = ["Joined", "check_normalisable", "check_pairs"]


class Joined(Protocol):
    """A connection from one group to another, with the scale of its energy."""

    @property
    def source(self) -> str:
        """Name of the one group."""
        ...

    @property
    def target(self) -> str:
        """Name of the other group."""
        ...

    @property
    def connection(self) -> Connection:
        """The connection."""
        ...

    @property
    def scale(self) -> float | Tensor:
        """A number, or one per row ``(B,)``."""
        ...


def check_pairs(units: Mapping[str, Units], edges: Sequence[Joined]) -> None:
    """Checks the families of all connected groups.

    Raises:
        ValueError: two connected groups are unbounded, and the energy of one of them grows more
            slowly than any quadratic (Poisson units with Poisson or real units).
    """
    for e in edges:
        ends = {e.source: units[e.source], e.target: units[e.target]}
        growths = {u.growth for u in ends.values()}
        if "factorial" in growths and "finite" not in growths:
            raise UsageError(
                f"groups {_named(units, ends)} cannot be connected: both are unbounded, and the "
                "energy of Poisson units grows too slowly to bound their product, so the energy "
                "cannot be normalised; take Binomial or Multinomial units for the counts, or "
                "Bernoulli, Spin or Categorical units on the other side"
            )


def check_normalisable(units: Mapping[str, Units], edges: Sequence[Joined]) -> None:
    """Checks that the energy of connected groups of real units can be normalised.

    Their joint precision matrix must be positive definite; a positive determinant is not enough.
    If scales differ between rows, each row is checked.

    Raises:
        ValueError: it is not.
    """
    check_pairs(units, edges)
    wide = {n: p for n, u in units.items() if (p := u.curvature()) is not None}
    joined = [e for e in edges if e.source in wide and e.target in wide]
    if not joined or any(p.is_meta for p in wide.values()):
        return  # parameters on the meta device have no values
    with torch.no_grad():
        if all(
            int(torch.linalg.cholesky_ex(precision)[1]) == 0
            for precision in _joint_precisions(units, wide, joined=joined)
        ):
            return
    names = sorted({n for e in joined for n in (e.source, e.target)})
    raise UsageError(
        f"groups {_named(units, names)} are unbounded and their joint precision is not positive "
        "definite, so the energy cannot be normalised: make the weights between them smaller or "
        "their precisions larger"
    )


def _named(units: Mapping[str, Units], names: Sequence[str] | Mapping[str, Units]) -> str:
    """'v' (Gaussian) and 'h' (Rectified)."""
    return " and ".join(f"{name!r} ({type(units[name]).__name__})" for name in names)


def _joint_precisions(
    units: Mapping[str, Units], wide: Mapping[str, Tensor], *, joined: Sequence[Joined]
) -> Iterator[Tensor]:
    """The joint precision matrix of the groups, one for each distinct set of edge scales."""
    offsets, at = {}, 0
    for name in wide:
        offsets[name] = slice(at, at := at + units[name].shape.numel())
    need(
        4 * 8 * at**2,
        f"the joint precision matrix of {', '.join(wide)}, {at:,d} units,",
        remedy="take smaller groups, or bounded units such as Bernoulli on one side",
    )
    own = torch.diag(
        torch.cat([p.expand(units[n].shape).flatten().double() for n, p in wide.items()])
    )
    blocks = []
    for e in joined:
        blocks.append(matrix(e.connection).double())
    scales = [torch.as_tensor(e.scale, dtype=torch.float64).reshape(-1) for e in joined]
    rows = torch.stack(torch.broadcast_tensors(*scales), 1).unique(dim=0)
    for row in rows.to(own.device):
        precision = own.clone()
        for e, block, scale in zip(joined, blocks, row, strict=True):
            precision[offsets[e.target], offsets[e.source]] -= scale * block
            if e.source != e.target:
                precision[offsets[e.source], offsets[e.target]] -= scale * block.mT
        yield precision
