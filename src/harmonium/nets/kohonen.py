"""Kohonen's self-organising map: prototypes on a grid, near ones alike."""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count

__all__ = ["KohonenMap", "grid_places"]

_ROW_HEIGHT = 0.75**0.5
"""Distance between the rows of a hexagonal grid whose units have distance 1."""


@checked
class KohonenMap(nn.Module):
    r"""Maps a row to the unit with the nearest prototype, the row's *winner*.

    .. math:: c(x) = \arg\min_j \lVert x - w_j \rVert

    The units stand on a grid of ``rows`` by ``columns``. ``learning.Kohonen`` moves the prototypes
    so that neighbours on the grid become alike: the map then shows the rows in the plane. All
    prototypes start at zero; a stage or an estimator starts them from the rows.

    Args:
        inputs: number of values of a row, D.
        rows: rows of the grid.
        columns: columns of the grid.
        grid: "square", or "hexagonal", in which a unit has six nearest neighbours.

    Source: Kohonen, 1982, https://doi.org/10.1007/BF00337288.

    >>> som = KohonenMap(3, rows=2, columns=2)
    >>> som.winners(torch.ones(1, 3, dtype=torch.float32)).tolist()
    [0]
    """

    output_kind = "distances"

    def __init__(
        self,
        inputs: Count,
        *,
        rows: Count = 10,
        columns: Count = 10,
        grid: Literal["square", "hexagonal"] = "square",
    ) -> None:
        super().__init__()
        height, width = int(rows), int(columns)
        self.settings: dict[str, Any] = {
            "inputs": int(inputs), "rows": height, "columns": width, "grid": grid
        }  # fmt: skip
        self.weight = nn.Parameter(torch.zeros((height * width, int(inputs)), dtype=torch.float32))
        places = grid_places(height, width, hexagonal=grid == "hexagonal").to(self.weight.dtype)
        self.register_buffer("places", places, persistent=False)

    places: Tensor
    """Place of every unit in the plane, ``(units, 2)``: across, then down."""

    @property
    def grid_shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.settings["rows"], self.settings["columns"]

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, and of units."""
        return self.weight.shape[1], self.weight.shape[0]

    def forward(self, x: Tensor) -> Tensor:
        """Distance of every row from every prototype, ``(B, D) -> (B, units)``."""
        return torch.cdist(x, self.weight)

    @torch.no_grad()
    def winners(self, x: Tensor) -> Tensor:
        """Unit with the nearest prototype, ``(B,)``; of several, the first."""
        return self(x).argmin(1)

    @torch.no_grad()
    def errors(self, x: Tensor) -> dict[str, Tensor]:
        """Errors of every row, ``(B,)``.

        "quantisation_error" is its distance from the nearest prototype; "topographic_error" is 1
        where the two nearest prototypes are no neighbours on the grid, otherwise 0. On a square
        grid the eight units around a unit are its neighbours (Kiviluoto, 1996,
        https://doi.org/10.1109/ICNN.1996.548907).
        """
        count = min(2, self.units[1])
        distances, nearest = self(x).topk(count, largest=False)
        first, last = self.places[nearest[:, 0]], self.places[nearest[:, -1]]
        reach = 2**0.5 if self.settings["grid"] == "square" else 1.0
        apart = (first - last).norm(dim=1) > reach * 1.01
        return {"quantisation_error": distances[:, 0], "topographic_error": apart.to(x.dtype)}

    @torch.no_grad()
    def neighbours(self) -> Tensor:
        """Pairs of neighbours on the grid, ``(pairs, 2)``, each once."""
        near = torch.cdist(self.places.double(), self.places.double()) < 1.01
        return near.triu(1).nonzero()

    @torch.no_grad()
    def gaps(self) -> Tensor:
        """Mean distance of every prototype from its neighbours', ``(units,)``: the U-matrix.

        A large value is a border between groups of rows (Ultsch and Siemon, 1990).
        """
        pairs = self.neighbours()
        distances = (self.weight[pairs[:, 0]] - self.weight[pairs[:, 1]]).norm(dim=1)
        sums, counts = distances.new_zeros(2, len(self.weight))
        for side in pairs.unbind(1):
            sums.index_add_(0, side, distances)
            counts.index_add_(0, side, torch.ones_like(distances))
        return sums / counts.clamp_min(1)

    def extra_repr(self) -> str:
        """Sizes, for ``repr``."""
        return ", ".join(f"{name}={value}" for name, value in self.settings.items())


def grid_places(rows: int, columns: int, *, hexagonal: bool = False) -> Tensor:
    """Places of the units of a grid, row by row, ``(rows * columns, 2)``: across, then down.

    >>> grid_places(2, 2).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    down, across = (torch.arange(n, dtype=torch.float64) for n in (rows, columns))
    y, x = torch.meshgrid(down, across, indexing="ij")
    if hexagonal:
        x, y = x + 0.5 * (y % 2), y * _ROW_HEIGHT
    return torch.stack([x, y], dim=-1).reshape(-1, 2)
