"""Kohonen's rule: the winner and its neighbours on the grid move towards a row."""

from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.errors import UsageError
from harmonium.learning import ranks
from harmonium.random import Source, permutation

__all__ = ["Kohonen", "principal_start", "row_start"]

_LEAST = 1e-12
"""Least rate by which a step is divided; the optimiser multiplies it by its own rate."""


@checked
class Kohonen:
    r"""One update of a self-organising map.

    With the neighbourhood :math:`h_{ij} = e^{-d(c(x_i), j)^2 / 2 \sigma^2}`, where d is the
    distance on the grid between the winner of row i and unit j, the *online* form is

    .. math:: w_j \leftarrow w_j + \eta \, h_{ij} \, (x_i - w_j)

    for a batch of one row. Of a larger batch all winners are found first, and every prototype
    moves as far towards the weighted mean of the rows as it would if the rows came one by one:

    .. math:: w_j \leftarrow w_j + \Bigl(1 - \prod_i (1 - \eta h_{ij})\Bigr) (\bar x_j - w_j),
              \qquad \bar x_j = \frac{\sum_i h_{ij} x_i}{\sum_i h_{ij}}

    The *batch* form puts every prototype at :math:`\bar x_j`; give it all rows in one batch. The
    radius :math:`\sigma` falls from ``radius`` to ``last_radius`` by the same factor at every
    update. The rate :math:`\eta` of the online form is the optimiser's.

    Args:
        module: the map (``nets.KohonenMap``), or any module that has prototypes ``weight``
            ``(units, D)`` and ``places`` ``(units, 2)`` and gives distances ``(B, units)``.
        optimiser: plain SGD of the prototypes, with a rate of at most 1.
        updates: number of updates over which the radius falls.
        radius: first radius, in steps on the grid.
        last_radius: last radius.
        form: "online" or "batch".

    Raises:
        ValueError: a radius is not positive, the rate lies outside (0, 1], the optimiser is not
            plain SGD, or there are several processes.

    Source: Kohonen, 1990, https://doi.org/10.1109/5.58325; batch form: Kohonen, 2013,
    https://doi.org/10.1016/j.neunet.2012.09.018.
    """

    def __init__(
        self,
        module: nn.Module,
        optimiser: torch.optim.Optimizer,
        *,
        updates: int,
        radius: float,
        last_radius: float = 0.5,
        form: Literal["online", "batch"] = "online",
    ) -> None:
        if ranks.world().size > 1:
            raise UsageError("a self-organising map learns in one process: start one process")
        if min(radius, last_radius) <= 0:
            raise UsageError(f"radius {radius} and last_radius {last_radius} must be positive")
        rate = optimiser.param_groups[0]["lr"]
        if not 0 < rate <= 1:
            raise UsageError(
                f"a rate of {rate}: a prototype moves by this share of its distance from a row; "
                "give more than 0 and at most 1"
            )
        _check_plain(optimiser)
        self.module, self.optimisers, self.form = module, [optimiser], form
        self.updates, self.done = int(updates), 0
        self.radius, self.last_radius = float(radius), float(last_radius)
        places = module.get_buffer("places")
        self.squares = torch.cdist(places, places).square()
        """Squared distance of every unit from every other on the grid, ``(units, units)``."""

    @property
    def sigma(self) -> float:
        """Radius of the next update, in steps on the grid."""
        share = min(1.0, self.done / max(1, self.updates - 1))
        return float(self.radius * (self.last_radius / self.radius) ** share)

    @torch.no_grad()
    def step(self, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Moves the prototypes; returns the ``quantisation_error`` before, the mean distance.

        Args:
            batch: "x" ``(B, D)``, and "weights" ``(B,)``, the importance of the rows, if any.
        """
        x, (optimiser,) = batch["x"], self.optimisers
        weight = self.module.get_parameter("weight")
        distances, winners = self.module(x).min(1)
        importance = batch.get("weights", torch.ones_like(distances))
        near = self._neighbourhood(winners)
        pull = near * importance[:, None]
        total = pull.sum(0)[:, None]
        means = torch.where(total > 0, (pull.mT @ x) / total.clamp_min(1e-30), weight)
        rate = max(optimiser.param_groups[0]["lr"], _LEAST)
        gap = (weight - means) / rate
        if self.form == "online":
            # A row of no importance counts for nothing even where log 0 is -inf.
            logs = torch.log1p(-rate * near) * importance[:, None]
            kept = logs.where(importance[:, None] > 0, torch.zeros_like(logs)).sum(0)
            gap = gap * -torch.expm1(kept)[:, None]
        weight.grad = gap
        optimiser.step()
        self.done += 1
        return {"quantisation_error": (distances * importance).sum() / importance.sum()}

    def _neighbourhood(self, winners: Tensor) -> Tensor:
        """The neighbourhood h of the winner of every row, ``(B, units)``."""
        scale = -1 / (2 * self.sigma**2)
        if len(winners) < len(self.squares):
            return torch.exp(self.squares[winners] * scale)
        return torch.exp(self.squares * scale)[winners]

    def state_dict(self) -> dict[str, Any]:
        """Prototypes, optimiser and number of updates."""
        (optimiser,) = self.optimisers
        return {
            "net": self.module.state_dict(),
            "optimiser": optimiser.state_dict(),
            "done": torch.tensor(self.done),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores a state from ``state_dict``."""
        (optimiser,) = self.optimisers
        self.module.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        self.done = int(state["done"])


def _check_plain(optimiser: torch.optim.Optimizer) -> None:
    """Refuses optimisers that move prototypes by another share of the distance than their rate."""
    group = optimiser.param_groups[0]
    plain = isinstance(optimiser, torch.optim.SGD)
    if not plain or group["momentum"] or group["weight_decay"] or group["maximize"]:
        raise UsageError(
            f"the optimiser is {type(optimiser).__name__}{' with more than a rate' * plain}: a "
            "map learns by plain sgd, without momentum and decay"
        )


@torch.no_grad()
def principal_start(module: nn.Module, x: Tensor) -> None:
    """Spreads the prototypes over the plane of the two largest principal components of rows.

    The longer side of the grid follows the first component; the corners lie one standard
    deviation from the mean along each.

    Args:
        module: the map.
        x: rows, ``(N, D)``.
    """
    rows = x.double()
    mean = rows.mean(0)
    _, sizes, directions = torch.linalg.svd(rows - mean, full_matrices=False)
    axes = rows.new_zeros(2, rows.shape[1])
    count = min(2, len(sizes))
    axes[:count] = directions[:count] * sizes[:count, None] / max(1, len(rows) - 1) ** 0.5
    # The sign of a component is arbitrary: its largest value is made positive.
    largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))
    axes = axes * torch.where(largest < 0, -1.0, 1.0)
    places, weight = module.get_buffer("places").double(), module.get_parameter("weight")
    spread = places.amax(0).clamp_min(1)
    along = 2 * places / spread - (places.amax(0) > 0).double()
    if spread[0] < spread[1]:
        along = along.flip(1)
    weight.copy_((mean + along @ axes).to(weight.dtype))


@torch.no_grad()
def row_start(module: nn.Module, x: Tensor, *, source: Source = None) -> None:
    """Starts the prototypes at rows ``(N, D)`` drawn at random.

    No row is drawn twice before every row was drawn once.
    """
    weight = module.get_parameter("weight")
    units = len(weight)
    orders = [permutation(len(x), source) for _ in range(-(-units // len(x)))]
    weight.copy_(x[torch.cat(orders)[:units].to(x.device)])
