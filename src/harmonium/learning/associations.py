"""Kohonen's linear associative memory: pairs of vectors in one matrix."""

from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.learning import ranks

__all__ = ["Associate", "condition", "correlation_matrix", "cross_talk", "optimal_mapping"]


def correlation_matrix(keys: Tensor, values: Tensor) -> Tensor:
    r"""Stores pairs as the sum of their outer products.

    .. math:: M = \textstyle\sum_p y_p x_p^\top, \qquad
              M x_p = |x_p|^2 \, y_p + \sum_{r \ne p} (x_r \cdot x_p) \, y_r

    Recall of orthonormal keys is exact; of others it has ``cross_talk``. Unlike a Hopfield net's
    matrix it may be rectangular and keeps its diagonal. (Kohonen, 1972,
    https://doi.org/10.1109/TC.1972.5008975; Anderson, 1972.)

    Args:
        keys: x, ``(P, D)``.
        values: y, ``(P, K)``.

    Returns:
        M, ``(K, D)``.
    """
    _check(keys, values)
    return values.mT @ keys


def optimal_mapping(keys: Tensor, values: Tensor, *, cutoff: float = 1e-10) -> Tensor:
    r"""The matrix whose recall of all pairs has the least squared error.

    .. math:: M = Y^\top (X^\top)^+, \qquad \|M X^\top - Y^\top\|^2 = \min

    with keys X ``(P, D)`` and values Y ``(P, K)`` as rows. Linearly independent keys are recalled
    exactly, however similar they are; but nearly dependent keys need large weights, which
    amplify noise by up to 1 over the smallest singular value of X. With Y = X it projects onto the
    span of the keys, and leaves the share P / D of the power of white noise. (Kohonen and
    Ruohonen, 1973, https://doi.org/10.1109/TC.1973.5009138.)

    Args:
        keys: ``(P, D)``.
        values: ``(P, K)``.
        cutoff: singular values below this share of the largest one count as zero: fewer errors by
            noise, more on the stored pairs.

    Returns:
        M, ``(K, D)``, computed in float64.
    """
    _check(keys, values)
    inverse = torch.linalg.pinv(keys.double().mT, rtol=cutoff)
    return (values.double().mT @ inverse).to(keys)


def cross_talk(keys: Tensor, values: Tensor) -> Tensor:
    r"""What other pairs add to the recall of each value from a correlation matrix.

    .. math:: \textstyle\sum_{r \ne p} (x_r \cdot x_p) \, y_r

    For P random keys of -1 and +1, divided by D, each component has a variance of about
    (P - 1) / D for values of -1 and +1.

    Args:
        keys: ``(P, D)``.
        values: ``(P, K)``.

    Returns:
        ``(P, K)``.
    """
    _check(keys, values)
    products = keys @ keys.mT
    return (products - products.diagonal().diag()) @ values


def condition(keys: Tensor, *, cutoff: float = 1e-10) -> float:
    """Largest over smallest singular value of the keys, of those above ``cutoff``."""
    sizes = torch.linalg.svdvals(keys.double())
    kept = sizes[sizes > cutoff * sizes[0]]
    return float(kept[0] / kept[-1]) if len(kept) else float("inf")


def _check(keys: Tensor, values: Tensor) -> None:
    if keys.ndim != 2 or values.ndim != 2 or len(keys) != len(values):
        raise UsageError(
            f"keys of shape {tuple(keys.shape)} and values of shape {tuple(values.shape)}: give "
            "(P, D) and (P, K), a key for each value"
        )


class Associate:
    """Stores all pairs of a batch in a memory at once; what the memory held before is lost.

    Args:
        module: has ``weight`` ``(K, D)`` and ``values``, which makes the values of a batch.
        form: "correlation" or "optimal".
        cutoff: of the optimal form; see ``optimal_mapping``.

    Raises:
        ValueError: there are several processes, of which each would have only a part of the rows.
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        form: Literal["correlation", "optimal"] = "optimal",
        cutoff: float = 1e-10,
    ) -> None:
        if ranks.world().size > 1:
            raise UsageError("a memory needs all pairs in one process: start one process")
        self.module, self.form, self.cutoff = module, form, cutoff
        self.optimisers = [torch.optim.SGD(module.parameters(), lr=1.0)]

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Stores the pairs; ``squared_error`` is half the squared error of their recall, a row.

        Args:
            batch: "x" ``(P, D)``, and what ``module.values`` reads.
        """
        keys, weight = batch["x"], self.module.get_parameter("weight")
        values = self.module.values(batch)  # type: ignore[operator]
        if self.form == "optimal":
            weight.copy_(optimal_mapping(keys, values, cutoff=self.cutoff))
        else:
            weight.copy_(correlation_matrix(keys, values))
        gap = keys @ weight.mT - values
        return {"squared_error": gap.square().sum(1).mean() / 2}

    def state_dict(self) -> dict[str, Any]:
        """The matrix."""
        return {"net": self.module.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores the matrix."""
        self.module.load_state_dict(state["net"])
