"""The sigmoid belief net: layers of binary units, drawn from the top down, with a recogniser."""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.layers import Stack, check_sizes, dense_layers
from harmonium.nets.outputs import as_rows, given_kind, log_likelihood
from harmonium.random import Source, bernoulli, normal, uniform
from harmonium.units.bernoulli import bits

__all__ = ["SigmoidBeliefNet"]


@checked
class SigmoidBeliefNet(nn.Module):
    r"""A directed generative net of binary hidden layers, with a net that recognises them.

    .. math:: p(x, h_1, \dots, h_L) = p(h_L) \prod_{k=1}^{L} p(h_{k-1} \mid h_k), \qquad
              p(h_{k-1} = 1 \mid h_k) = \sigma(W_k h_k + b_k), \quad h_0 = x

    The top layer has independent units with biases. (Neal, 1992,
    https://doi.org/10.1016/0004-3702(92)90065-6.) The posterior of the hidden layers has no closed
    form: it is estimated by a recognition net that runs upwards,
    :math:`q(h_k = 1 \mid h_{k-1}) = \sigma(R_k h_{k-1} + c_k)`, which has its own weights (Hinton,
    Dayan, Frey and Neal, 1995, https://doi.org/10.1126/science.7761831). The stage ``wake_sleep``
    trains both.

    Args:
        units: number of values of a row, then units of every hidden layer, the top layer last.
        outputs: kind of the values of a row: binary ones with probabilities, or gaussian real
            values with standard deviations of their own.

    Attributes:
        source: random generator of draws in training (``nets.dropout.set_source``). Copies and
            files do not keep it.

    Raises:
        ValueError: there are fewer than two sizes.

    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = SigmoidBeliefNet([64, 20, 10])
    ...     [tuple(values.shape) for values in net.generate(5)]
    [(5, 64), (5, 20), (5, 10)]
    """

    def __init__(
        self,
        units: Sequence[Count],
        *,
        outputs: Literal["probabilities", "gaussian"] = "probabilities",
    ) -> None:
        super().__init__()
        what = "give the values of a row and the units of every hidden layer"
        sizes = check_sizes(units, kind="logistic", slope=None, what=what)
        linear = ["identity"] * (len(sizes) - 1)
        up = [f"h{k + 1}" for k in range(len(sizes) - 1)]
        self.recogniser = Stack(dense_layers(sizes, names=up, kinds=linear, slope=None))
        down = ["x", *up[:-1]]
        layers = dense_layers(sizes[::-1], names=down[::-1], kinds=linear, slope=None)
        self.generator = Stack(layers)
        self.prior = nn.Parameter(torch.zeros(sizes[-1], dtype=torch.float32))
        self.settings: dict[str, Any] = {"units": list(sizes), "outputs": outputs}
        given_kind(self.generator[-1], outputs, values=sizes[0])
        self.source: Source = None

    @property
    def output_kind(self) -> str:
        """Kind of the values of a row: "probabilities" or "gaussian"."""
        return str(self.settings["outputs"])

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, then units of every hidden layer."""
        return tuple(self.settings["units"])

    @property
    def upwards(self) -> list[nn.Linear]:
        """Layers of the recognition net, the lowest first: logits of h_k from h_{k-1}."""
        return [layer for layer in self.recogniser if isinstance(layer, nn.Linear)]

    @property
    def downwards(self) -> list[nn.Linear]:
        """Layers of the generative net, the lowest first: logits of h_{k-1} from h_k."""
        return [layer for layer in self.generator if isinstance(layer, nn.Linear)][::-1]

    @property
    def log_std(self) -> Tensor:
        """Log standard deviations of gaussian outputs, ``(D,)``."""
        log_std: Tensor = self.downwards[0].log_std  # type: ignore[assignment]
        return log_std

    # --- means -----------------------------------------------------------------------------------

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Layer -> means of its units, each given the means below it, ``(B, units)``."""
        found: dict[str, Tensor] = {}
        for name, layer in self.recogniser.dense.items():
            found[name] = x = layer(x).sigmoid()
        return found

    def forward(self, x: Tensor) -> Tensor:
        """Means up to the top and down again: logits or real values, ``(B, D) -> (B, D)``."""
        *_, h = self.activities(x).values()
        *between, lowest = self.downwards[::-1]
        for layer in between:
            h = layer(h).sigmoid()
        outputs: Tensor = lowest(h)
        return outputs

    def reconstruct(self, x: Tensor) -> Tensor:
        """``forward`` in the range of the data, ``(B, D) -> (B, D)``."""
        return as_rows(self.downwards[0], self(x), kind=self.output_kind)

    # --- probabilities ---------------------------------------------------------------------------

    def recognise(
        self, x: Tensor, *, samples: int = 1, shared: bool = False, source: Source = None
    ) -> tuple[list[Tensor], Tensor]:
        """Draws the hidden layers of rows upwards from q.

        Args:
            x: rows ``(B, D)``.
            samples: K, draws for each row.
            shared: whether all rows of a draw share their random numbers, so that what is drawn
                for a row depends on no other row.
            source: random generator.

        Returns:
            x, h_1, ..., h_L, ``(K B, units)`` each, all rows of the first draw first; and their
            log q(h | x), ``(K B,)``, in nats.
        """
        values, total = [x.repeat(samples, 1)], x.new_zeros(len(x) * samples)
        for k, layer in enumerate(self.upwards):
            # the first layer reads the rows themselves, which are the same for all draws
            logits = layer(values[-1]) if k else layer(x).repeat(samples, 1)
            with torch.no_grad():
                p = logits.sigmoid()
                h = _alike(p, samples, source=source) if shared else bernoulli(p, source)
            total = total + _log_bernoulli(h, logits)
            values.append(h)
        return values, total

    def log_recognition(self, values: Sequence[Tensor]) -> Tensor:
        """log q(h | x) of given values x, h_1, ..., h_L, ``(B,)``, in nats."""
        pairs = zip(self.upwards, values[:-1], values[1:], strict=True)
        parts = [_log_bernoulli(above, layer(below)) for layer, below, above in pairs]
        return torch.stack(parts).sum(0)

    def log_joint(self, values: Sequence[Tensor]) -> Tensor:
        """log p(x, h_1, ..., h_L) of given values, ``(B,)``, in nats."""
        x, *hidden = values
        total = _log_bernoulli(hidden[-1], self.prior)
        for layer, below, above in zip(self.downwards[1:], hidden[:-1], hidden[1:], strict=True):
            total = total + _log_bernoulli(below, layer(above))
        lowest = self.downwards[0]
        return total + log_likelihood(lowest, hidden[0], rows=x, kind=self.output_kind)

    @torch.no_grad()
    def generate(self, n: int, *, means: bool = False, source: Source = None) -> list[Tensor]:
        """Draws n rows by one pass down: x, h_1, ..., h_L, ``(n, units)`` each.

        Args:
            n: the number of rows.
            means: returns E[x | h_1] instead of a draw of x.
            source: random generator.
        """
        values = [bernoulli(self.prior.sigmoid().expand(n, -1).contiguous(), source)]
        for layer in self.downwards[:0:-1]:
            values.append(bernoulli(layer(values[-1]).sigmoid(), source))
        lowest: Any = self.downwards[0]
        x = as_rows(lowest, lowest(values[-1]), kind=self.output_kind)
        if not means:
            gaussian = self.output_kind == "gaussian"
            x = x + lowest.log_std.exp() * normal(x, source) if gaussian else bernoulli(x, source)
        return [x, *values[::-1]]

    @torch.no_grad()
    def log_prob(self, x: Tensor) -> Tensor:
        r"""log p(x) by a sum over all states of the hidden layers, ``(B,)``, in nats.

        .. math:: \log p(x) = \log \sum_{h_1, \dots, h_L} p(x, h_1, \dots, h_L)

        Exact; for small nets only.

        Args:
            x: rows ``(B, D)``.

        Raises:
            ValueError: there are too many hidden units to go through all their states.
        """
        sizes = self.units[1:]
        hidden = bits(sum(sizes), self.prior).split(sizes, 1)
        rows = [
            self.log_joint([row.expand(len(hidden[0]), -1), *hidden]).logsumexp(0) for row in x
        ]
        return torch.stack(rows) if rows else x.new_zeros(0)

    # --- learning --------------------------------------------------------------------------------

    @torch.no_grad()
    def start(self, mean: Tensor, std: Tensor) -> None:
        """Sets the biases of the values of a row, so that h_1 has less to explain.

        Args:
            mean: of every value over the training rows, ``(D,)``.
            std: its standard deviation, ``(D,)``; used for gaussian outputs.

        Raises:
            ValueError: another number of values.
        """
        lowest: Any = self.downwards[0]
        if mean.shape != lowest.bias.shape:
            raise UsageError(
                f"means of shape {tuple(mean.shape)}: the net has {len(lowest.bias)} values in a "
                "row"
            )
        gaussian = self.output_kind == "gaussian"
        lowest.bias.copy_(mean if gaussian else torch.logit(mean, eps=1e-3))
        if gaussian:
            lowest.log_std.copy_(std.where(std > 0, 1).log())

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and files, without the generator."""
        return {**self.__dict__, "source": None}


def _alike(p: Tensor, samples: int, *, source: Source) -> Tensor:
    """Draws with probability p, ``(K B, units)``, from one random number a unit and sample."""
    means = p.view(samples, -1, p.shape[1])
    return (uniform(means[:, :1], source) < means).to(p.dtype).view_as(p)


def _log_bernoulli(values: Tensor, logits: Tensor) -> Tensor:
    """Log-probability of binary values under their logits, summed over the units, ``(B,)``."""
    return (values * logits - softplus(logits)).sum(-1)
