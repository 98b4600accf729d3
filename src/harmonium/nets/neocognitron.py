"""The neocognitron: cells that detect and cells that tolerate shifts, stage by stage."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.errors import UsageError
from harmonium.nets.readout import Readout
from harmonium.random import Source

__all__ = ["Neocognitron", "gaussian", "s_cells"]

STRENGTH = 1e3
"""q, the size of what one learning step adds to weights that begin at 0."""

ALIVE = 0.3
"""Share of the largest activity below which a place is too empty to become a seed."""

BLURS = ((5, 1.2), (3, 0.8))
"""Width and deviation of the C-cells of the first stage, and of those after it."""


def gaussian(width: int, deviation: float) -> Tensor:
    """Weights that fall with the distance from the middle, ``(width, width)``, of sum 1."""
    place = torch.arange(width, dtype=torch.float32, device="cpu") - (width - 1) / 2
    line = torch.exp(-place.square() / (2 * deviation**2))
    square = line[:, None] * line
    return square / square.sum()


def s_cells(excited: Tensor, inhibited: Tensor, *, selectivity: float) -> Tensor:
    r"""Responses of S-cells, :math:`r \, \varphi[(1 + e) / (1 + h r / (1 + r)) - 1]`.

    phi is the rectifier. Where e and h are large the response depends on their ratio only, and is
    0 where e / h is below r / (1 + r). (Fukushima, 1988.)

    >>> s_cells(torch.tensor([0.0, 3.0]), torch.tensor([0.0, 2.0]), selectivity=1.0).tolist()
    [0.0, 1.0]
    """
    shunted = 1 + inhibited * selectivity / (1 + selectivity)
    return selectivity * ((1 + excited) / shunted - 1).clamp(min=0)


@checked
class Neocognitron(Readout):
    r"""Stages of S-cells, which detect features, and C-cells, which blur where they are.

    .. math:: u_S = r \, \varphi\!\left[\frac{1 + \sum a \, u_C}{1 + \frac{r}{1 + r} b v} - 1
              \right], \qquad v = \Big(\sum c \, u_C^2\Big)^{1/2}, \qquad
              u_C = \Big(\sum d \, u_S\Big)^{1/2}

    The first stage reads contrasts: where a picture is brighter, or darker, than around. All cells
    of a plane share a and b, so that a shifted picture gives shifted planes. v is a cell that
    inhibits, and r the selectivity: an S-cell is silent where its input is less similar than
    r / (1 + r) to what it has learned. The C-cells of the last stage are the largest values of its
    planes, wherever they are; a linear layer above them names the class.

    ``prepare`` learns without labels, stage by stage. Where no plane answers, the most active
    place becomes the seed of a new one; the places that are similar to the seed, and not yet
    answered, add :math:`q c u_C` to its a, and b is :math:`(\sum a^2 / c)^{1/2}`. (Fukushima,
    1980, https://doi.org/10.1007/BF00344251; new planes where all are silent, and b: Fukushima,
    2003, https://doi.org/10.1016/S0925-2312(02)00614-8.)

    Args:
        shape: of a picture, (1, rows, columns).
        targets: number of classes.
        planes: S-planes of every stage, at most.
        kernels: odd width of what the S-cells of every stage see.
        selectivity: r of every stage.

    Raises:
        ValueError: the numbers of stages differ, a width is even, or a picture has several
            channels.

    >>> net = Neocognitron([1, 12, 12], 3)
    >>> net.features(torch.zeros(2, 144, dtype=torch.float32)).shape
    torch.Size([2, 200])
    """

    def __init__(
        self,
        shape: Sequence[Count],
        targets: Count,
        *,
        planes: Sequence[Count] = (16, 40, 200),
        kernels: Sequence[Count] = (5, 5, 7),
        selectivity: Sequence[Positive] = (3.0, 2.0, 1.5),
    ) -> None:
        if len(shape) != 3 or shape[0] != 1:
            raise UsageError(f"shape {[*shape]}: give (1, rows, columns) of grey pictures")
        if not len(planes) == len(kernels) == len(selectivity) > 0:
            raise UsageError(
                f"{len(planes)} planes, {len(kernels)} kernels and {len(selectivity)} "
                "selectivities: give one of each for every stage"
            )
        if any(k % 2 == 0 for k in kernels):
            raise UsageError(f"kernels {[*kernels]}: give odd widths, which have a middle")
        super().__init__([shape[1] * shape[2], planes[-1], targets])
        self.shape = tuple(int(n) for n in shape)
        self.selectivity = [float(r) for r in selectivity]
        self.settings: dict[str, Any] = {
            "shape": [*self.shape],
            "targets": int(targets),
            "planes": [int(n) for n in planes],
            "kernels": [int(n) for n in kernels],
            "selectivity": self.selectivity,
        }
        for k, (n, below, width) in enumerate(
            zip(planes, (2, *planes[:-1]), kernels, strict=True)
        ):
            a = torch.zeros((n, below, width, width), dtype=torch.float32)
            self.register_buffer(f"a{k}", a)
            self.register_buffer(f"b{k}", torch.zeros(n, dtype=torch.float32))

    @property
    def stages(self) -> int:
        """Number of stages."""
        return len(self.selectivity)

    def weights(self, stage: int) -> tuple[Tensor, Tensor]:
        """Weights a ``(planes, below, width, width)`` and b ``(planes,)`` of a stage."""
        return self.get_buffer(f"a{stage}"), self.get_buffer(f"b{stage}")

    @torch.no_grad()
    def prepare(self, x: Tensor, source: Source = None) -> None:
        """Learns the planes of all stages from pictures ``(N, pixels)``, without labels."""
        del source
        c = self._contrasts(x)
        for stage in range(self.stages):
            self._learn(stage, c)
            c = self._pooled(stage, self.detect(stage, c))

    def features(self, x: Tensor) -> Tensor:
        """The last C-cells, one for each plane, ``(B, pixels) -> (B, planes)``."""
        *_, last = self.planes(x)
        return last.amax((2, 3))

    def planes(self, x: Tensor) -> list[Tensor]:
        """S-planes of every stage, ``(B, planes, rows, columns)`` each."""
        c, found = self._contrasts(x), []
        for stage in range(self.stages):
            found.append(self.detect(stage, c))
            c = self._pooled(stage, found[-1])
        return found

    def cells(self, x: Tensor) -> dict[str, Tensor]:
        """S- and C-planes of every stage by their names, ``(B, planes, rows, columns)`` each.

        "contrasts" come first, then "S1", "C1", "S2" and so on. The last C-planes have one cell.
        """
        found = {"contrasts": self._contrasts(x)}
        for stage, planes in enumerate(self.planes(x)):
            last = stage + 1 == self.stages
            pooled = planes.amax((2, 3), keepdim=True) if last else self._pooled(stage, planes)
            found |= {f"S{stage + 1}": planes, f"C{stage + 1}": pooled}
        return found

    def detect(self, stage: int, c: Tensor) -> Tensor:
        """S-cells of a stage from the cells below it, ``(B, below, rows, columns)``."""
        a, b = self.weights(stage)
        excited = functional.conv2d(c, a, padding=a.shape[-1] // 2)
        inhibited = b[:, None, None] * self._norms(stage, c)
        return s_cells(excited, inhibited, selectivity=self.selectivity[stage])

    def _norms(self, stage: int, c: Tensor) -> Tensor:
        """The cells v, ``(B, 1, rows, columns)``."""
        near = self._near(stage).to(c)
        total = c.square().sum(1, keepdim=True)
        return functional.conv2d(total, near[None, None], padding=len(near) // 2).sqrt()

    def _near(self, stage: int) -> Tensor:
        """The weights c, equal for all planes."""
        width = self.settings["kernels"][stage]
        return gaussian(width, width / 2.5)

    def _contrasts(self, x: Tensor) -> Tensor:
        """Where pictures are brighter or darker than around, ``(B, 2, rows, columns)``."""
        picture = x.reshape(-1, *self.shape)
        near, around = (
            functional.conv2d(picture, gaussian(w, s).to(x)[None, None], padding=w // 2)
            for w, s in ((5, 1.2), (11, 3.5))
        )
        return torch.cat([(near - around).clamp(min=0), (around - near).clamp(min=0)], 1)

    def _pooled(self, stage: int, u: Tensor) -> Tensor:
        """C-cells, of half the rows and columns."""
        width, deviation = BLURS[min(stage, len(BLURS) - 1)]
        d = gaussian(width, deviation).to(u).expand(u.shape[1], 1, -1, -1)
        blurred = functional.conv2d(u, d, padding=width // 2, stride=2, groups=len(d))
        return blurred.clamp(min=0).sqrt()

    def _learn(self, stage: int, c: Tensor) -> None:
        """Seeds planes until every active place is answered, or no plane is left."""
        a, b = self.weights(stage)
        width, below = a.shape[-1], a.shape[1]
        near = self._near(stage).to(c).flatten().repeat(below)
        seen = functional.unfold(c, width, padding=width // 2).mT.reshape(-1, len(near))
        size = (seen.square() @ near).sqrt()  # the cells v
        active = size > ALIVE * size.amax()
        seen, size = seen[active] * near.sqrt(), size[active]
        unit = seen / size[:, None]
        limit = self.selectivity[stage] / (1 + self.selectivity[stage])
        open_ = torch.ones_like(size, dtype=torch.bool)
        a_: list[Tensor] = []
        b_: list[Tensor] = []
        while len(a_) < len(a) and bool(open_.any()):
            seed = (size * open_).argmax()
            winners = open_ & (unit @ unit[seed] > limit)
            winners[seed] = True
            learned = seen[winners].sum(0)
            a_.append(STRENGTH * learned * near.sqrt())
            b_.append(STRENGTH * learned.norm())
            open_ &= ~winners & (unit @ (learned / learned.norm()) <= limit)
        a.zero_()
        b.zero_()
        if a_:
            a[: len(a_)] = torch.stack(a_).view(-1, *a.shape[1:])
            b[: len(b_)] = torch.stack(b_)
