"""A codec whose code has a prior as a model: it draws rows."""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.autoencoder import AutoencoderModel
from harmonium.nets.bounded import bounds
from harmonium.nets.codes import Drawn
from harmonium.random import Source

__all__ = ["VariationalModel"]


class VariationalModel(AutoencoderModel):
    """A codec whose code has a prior, such as a variational autoencoder.

    Args:
        net: ``(B, *shape) -> (B, D)``, whose ``code`` is a ``Drawn``; shared, not copied.
    """

    @torch.no_grad()
    def sample(
        self,
        n: int,
        *,
        given: Batch | None = None,
        sweeps: int = 1000,
        source: Source = None,
    ) -> Batch:
        """Draws n codes from the prior and decodes them, ``(n, D)``; no chains are run.

        Raises:
            ValueError: some columns are given.
        """
        del sweeps
        if given:
            raise UsageError(
                "an autoencoder draws whole rows and holds no column: sample without given values"
            )
        code = self.net.code
        assert isinstance(code, Drawn)
        like = next(self.parameters()).new_empty(self.sizes[-1])
        return self.decode(code.prior(n, like, source=source))

    def sweeps(self, most: int) -> int:
        """0, since it draws without chains."""
        del most
        return 0

    @torch.no_grad()
    def bounds(self, batch: Batch, *, samples: int, source: Source = None) -> dict[str, Tensor]:
        """Lower bounds on log p(x), ``(B,)``, in nats: "elbo" and "importance_weighted".

        Args:
            batch: the rows.
            samples: of the code, for each row.
            source: random generator.

        Raises:
            ValueError: samples is below 1.
        """
        return bounds(self.net, batch["x"], samples=samples, source=source)
