"""Adversaries as a model: it draws rows, and scores how real rows look."""

import torch
from torch import Tensor

from harmonium.data import DataSet
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import Adversaries
from harmonium.random import Source

__all__ = ["AdversariesModel"]


class AdversariesModel(NetModel):
    """A generator of the column "x" and its discriminator; with classes, also of "y".

    Args:
        net: the adversaries; shared, not copied.
    """

    net: Adversaries

    def __init__(self, net: Adversaries) -> None:
        super().__init__(net)
        # kernels are shown by what they make of a row, and the generator's read noise
        vars(self).pop("convolutions", None)

    def meet(self, data: DataSet) -> None:
        """Checks the number of classes.

        Raises:
            ValueError: the net has classes, and the data have another number of them.
        """
        needed, there = self.net.classes, len(data.classes)
        if needed is not None and needed != there:
            raise UsageError(
                f"model: the net has {needed} classes, and {data.name} has {there}: set classes "
                f"to {there or 'null'}"
            )

    @property
    def classes(self) -> int:
        """Number of classes that it can draw; 0 for a net without."""
        return self.net.classes or 0

    @torch.no_grad()
    def sample(
        self,
        n: int,
        *,
        given: Batch | None = None,
        sweeps: int = 1000,
        source: Source = None,
    ) -> Batch:
        """Draws n rows from noise in one pass, ``(n, D)``; no chains are run.

        Args:
            n: the number of rows.
            given: "y" ``(n,)`` or ``(1,)``, the classes of the rows; None: equally many of each.
            sweeps: not used.
            source: random generator.

        Raises:
            ValueError: another column is given, or classes where the net has none.
        """
        del sweeps
        y = None
        if given:
            if self.net.classes is None or set(given) != {"y"}:
                held = "no column" if self.net.classes is None else "only the class, y"
                raise UsageError(
                    f"a generator draws whole rows from noise and holds {held}: sample without "
                    f"given {', '.join(given)}"
                )
            y = given["y"].to(self.device).expand(n)
        return self.drawn(self.net.latents(n, y=y, source=source))

    def sweeps(self, most: int) -> int:
        """0, since it draws without chains."""
        del most
        return 0

    def latents(self, n: int, *, source: Source = None) -> Tensor:
        """Draws noise, with a class behind it where the net has classes, ``(n, k)``."""
        return self.net.latents(n, source=source)

    def path(self, first: Tensor, last: Tensor, *, steps: int) -> Tensor:
        """Noise on the way from some to others, ``(B, k) -> (steps, B, k)``, ends included."""
        return self.net.path(first, last, steps=steps)

    @torch.no_grad()
    def drawn(self, latents: Tensor) -> Batch:
        """Rows of the generator from noise, ``(n, k) -> (n, D)``."""
        return {"x": self.net.made(latents)}

    @torch.no_grad()
    def scores(self, batch: Batch) -> Tensor:
        """Score of every row by the discriminator, ``(B,)``."""
        return self.net.scores(batch["x"], batch.get("y"))
