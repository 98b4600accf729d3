"""Binary units in {0, 1}."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from harmonium.errors import UsageError
from harmonium.random import Source, bernoulli
from harmonium.units.base import MAX_STATES, Neuron, Units, over_units
from harmonium.units.domain import Domain, inside, span

__all__ = ["Bernoulli", "bits"]


def bits(n: int, like: Tensor) -> Tensor:
    """All vectors of n bits, ``(2^n, n)``, in binary order: the last unit changes fastest.

    Raises:
        ValueError: 2^n exceeds ``MAX_STATES``.
    """
    if 2**n > MAX_STATES:
        raise UsageError(
            f"{n} binary units have 2^{n} states; at most {MAX_STATES} are enumerated"
        )
    index = torch.arange(2**n, device=like.device)
    places = torch.arange(n - 1, -1, -1, device=like.device)
    return (index[:, None] >> places & 1).to(like.dtype)


class Bernoulli(Units):
    r"""Units in {0, 1}: :math:`U(x) = -b \cdot x`, :math:`A(f) = \sum_i \log(1 + e^{b_i + f_i})`.

    Values between 0 and 1 (grey pixels) are accepted as means of units; likelihoods are defined
    for binary data only.

    >>> Bernoulli(2).mean(torch.tensor([[0.0, 100.0]]))
    tensor([[0.5000, 1.0000]], grad_fn=<SigmoidBackward0>)
    """

    domain: Domain = (0, 1)

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b."""
        return (self.bias,)

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x)."""
        return (x,)

    def log_base(self, x: Tensor) -> Tensor:
        """Zero."""
        return x.new_zeros(x.shape[0])

    def log_partition(self, field: Tensor) -> Tensor:
        """The sum of softplus(t), t = b + f, which equals t in float64 from t = 40 on."""
        return over_units(softplus(self.natural()[0] + field, threshold=40))

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """The logistic function of b + f."""
        return (torch.sigmoid(self.natural()[0] + field),)

    def mode(self, field: Tensor) -> Tensor:
        """1 where b + f is positive, else 0."""
        return (self.natural()[0] + field > 0).to(field.dtype)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """Independent draws with probability sigmoid(b + f) of a 1."""
        return bernoulli(self.mean(field), source)

    def count(self) -> int:
        """2^units."""
        return 2 ** self.shape.numel()

    def states(self) -> Tensor | None:
        """All bit patterns."""
        return bits(self.shape.numel(), self.bias).reshape(-1, *self.shape)

    def tilt(self, mean: Tensor) -> Tensor:
        """The logit of the mean, which is clipped to [1e-3, 1 - 1e-3].

        Without the limit a constant pixel would get an infinite bias.
        """
        return torch.logit(mean, eps=1e-3)

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """The bias: clipped logits of the means."""
        return {"bias": self.tilt(moments[0])}

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and the logistic function."""
        return torch.ones_like(self.bias), self.bias, nn.Sigmoid()

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is outside [0, 1]; with ``means`` False, whether it is not 0 or 1."""
        inside = (x >= 0) & (x <= 1) if means else (x == 0) | (x == 1)
        return ~inside.flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values lie in [0, 1]."""
        if x.numel() and not inside(x, self.domain):
            raise UsageError(
                f"values range from {span(x, self.domain)}; Bernoulli units need [0, 1]: "
                "scale the data into that range, or use Gaussian units"
            )
