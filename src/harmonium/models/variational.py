"""A codec whose code has a prior as a model: it draws rows."""

import math
from typing import Any

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.learning.bounds_of_codes import elbo
from harmonium.learning.objectives import Bernoulli, Gaussian, Multinomial, SquaredError
from harmonium.learning.objectives.mixed import block_losses
from harmonium.models.abilities import Batch
from harmonium.models.autoencoder import AutoencoderModel
from harmonium.nets import Codec
from harmonium.nets.codes import Drawn
from harmonium.random import Source

__all__ = ["VariationalModel", "log_likelihood"]

_AT_ONCE = 4_000_000
"""Values of decoded rows that are in memory at the same time."""


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

        Both come from the same codes. The divergence in the ELBO is that in closed form.

        Args:
            batch: the rows.
            samples: of the code, for each row.
            source: random generator.

        Raises:
            ValueError: samples is below 1.
        """
        if samples < 1:
            raise UsageError(f"samples is {samples}: at least 1 is needed")
        x = batch["x"]
        parts = x.split(max(1, _AT_ONCE // (x.flatten(1).shape[1] * min(samples, 100))))
        found = [self._bounds(part, samples=samples, source=source) for part in parts]
        return {
            "elbo": torch.cat([lower for lower, _ in found]),
            "importance_weighted": torch.cat([upper for _, upper in found]),
        }

    def _bounds(self, x: Tensor, *, samples: int, source: Source) -> tuple[Tensor, Tensor]:
        """Both bounds of a few rows, up to 100 samples at a time."""
        code: Any = self.net.code
        z, flat = self.net.encoder(x), x.flatten(1)
        likelihoods, log_weight = z.new_zeros(len(z)), z.new_full((len(z),), -math.inf)
        for start in range(0, samples, 100):
            k = min(100, samples - start)
            many = z.repeat(k, 1)
            c = code.draw(many, source)
            log_p = log_likelihood(self.net, c, rows=flat.repeat(k, 1))
            ratio = code.log_ratio(many, c)
            likelihoods += log_p.view(k, -1).sum(0)
            log_weight = log_weight.logaddexp((log_p + ratio).view(k, -1).logsumexp(0))
        lower = elbo(likelihoods[None] / samples, code.cost(z))
        return lower, log_weight - math.log(samples)


def log_likelihood(net: Codec, codes: Tensor, *, rows: Tensor) -> Tensor:
    """log p(x | c), ``(B,)``, in nats.

    Values have the standard deviation 1. Of shares, it is that of the words in their order,
    without the multinomial coefficient.

    Args:
        net: the codec.
        codes: c, ``(B, k)``.
        rows: x, ``(B, D)``.
    """
    batch, decoder = {"x": codes, "y": rows}, net.decoder
    kind, constant = net.output_kind, 0.5 * math.log(2 * math.pi)
    if kind == "mixed":
        losses, real = block_losses(decoder(codes), rows, kinds=decoder.kinds)
        return -losses - constant * real
    if kind == "values":
        return -SquaredError()(decoder, batch) - constant * rows.shape[1]
    objectives: dict[str, Any] = {
        "gaussian": Gaussian(),
        "probabilities": Bernoulli(),
        "shares": Multinomial(),
    }
    return -objectives[kind](decoder, batch)
