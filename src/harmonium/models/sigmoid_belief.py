"""A sigmoid belief net as a model: it draws rows top down, and bounds their likelihood."""

import torch
from torch import Tensor

from harmonium.data import Rows
from harmonium.data.summary import summary
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import SigmoidBeliefNet
from harmonium.nets.bounded_belief import bounds
from harmonium.random import Source

__all__ = ["SigmoidBeliefModel"]


class SigmoidBeliefModel(NetModel):
    """A directed net whose rows are the column "x".

    Args:
        net: the net; shared, not copied.
    """

    net: SigmoidBeliefNet

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Means of the hidden layers by the recognition net, ``(B, units)``, the lowest first."""
        return self.net.activities(batch["x"].flatten(1))

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """Means of all layers up to the top and down again, in the rows' shape."""
        x = batch["x"]
        return {"the hidden layers": {"x": self.net.reconstruct(x.flatten(1)).reshape(x.shape)}}

    def sample(
        self,
        n: int,
        *,
        given: Batch | None = None,
        sweeps: int = 1000,
        source: Source = None,
    ) -> Batch:
        """Draws n rows by one pass down, as means given the lowest hidden layer, ``(n, D)``.

        Raises:
            ValueError: some columns are given.
        """
        del sweeps
        if given:
            raise UsageError(
                "a sigmoid belief net draws whole rows from the top down and holds no column: "
                "sample without given values"
            )
        return {"x": self.net.generate(n, means=True, source=source)[0]}

    def sweeps(self, most: int) -> int:
        """0, since it draws without chains."""
        del most
        return 0

    def bounds(self, batch: Batch, *, samples: int, source: Source = None) -> dict[str, Tensor]:
        """Lower bounds on log p(x), ``(B,)``, in nats: "elbo" and "importance_weighted".

        Args:
            batch: the rows.
            samples: of the hidden layers, for each row.
            source: random generator.

        Raises:
            ValueError: samples is below 1.
        """
        return bounds(self.net, batch["x"], samples=samples, source=source)

    # --- how it learns ---------------------------------------------------------------------------

    def generate(self, n: int, *, source: Source = None) -> dict[str, Tensor]:
        """Draws of all layers, ``(n, units)``, the column "x" first."""
        names = ("x", *self.net.recogniser.dense)
        return dict(zip(names, self.net.generate(n, source=source), strict=True))

    def begin(self, rows: Rows) -> None:
        """Sets the first biases from training rows ``(N, D)``."""
        means = summary(rows)
        like = self.net.downwards[0].bias
        self.net.start(means.mean.flatten().to(like), means.deviation.flatten().to(like))

    @torch.no_grad()
    def filters(self) -> dict[str, Tensor]:
        """Generative weights of the units of the lowest layer, ``(units, D)``."""
        return {"h1": self.net.downwards[0].weight.detach().mT}
