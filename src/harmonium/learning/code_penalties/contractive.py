"""The contractive penalty: a code that changes little when its row does."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.errors import UsageError
from harmonium.random import Source, dithered

__all__ = ["Contractive"]


@checked
class Contractive:
    r"""The squared norm of the code's Jacobian at each row, for each row of the batch.

    .. math:: \lambda \Big\| \frac{\partial c}{\partial x} \Big\|_F^2
              = \lambda \sum_j f'(z_j)^2 \sum_i w_{ji}^2 \quad \text{for } c = f(W x + b)

    The loss that it is added to pulls the code towards what tells rows apart, the penalty away
    from everything else. The closed form on the right holds for one dense layer. For any other
    encoder the norm is estimated from random vectors v of signs, one for each number of the code:
    :math:`\langle |J^T v|^2 \rangle = \| J \|_F^2`. A ReLU has the slope 0 at 0. Tie the weights
    of decoder and encoder: otherwise the encoder may shrink while the decoder grows.
    (Rifai et al., 2011, https://icml.cc/2011/papers/455_icmlpaper.pdf.)

    Args:
        strength: lambda.
        probes: random vectors for each row; null for the closed form.

    Attributes:
        source: random generator of the vectors; None: that of ``random.seeded``, else torch's
            global one.

    Raises:
        ValueError: in a call without probes, the encoder is not one dense layer.
    """

    def __init__(self, strength: NonNegative, probes: Count | None = None) -> None:
        self.strength, self.probes = float(strength), probes
        self.source: Source = None

    def __call__(self, net: nn.Module, seen: Tensor, *, code: Tensor) -> Tensor:
        """The penalty of each row, ``(B,)``.

        Args:
            net: a codec.
            seen: rows as the encoder saw them, ``(B, *shape)``.
            code: their codes; not used.
        """
        del code
        codec: Any = net
        learns = codec.training
        codec.eval()  # the Jacobian is that of the net without dropout
        try:
            with torch.enable_grad():
                measure = self._exact if self.probes is None else self._probed
                found = measure(codec, seen)
        finally:
            codec.train(learns)
        return self.strength * found

    def _exact(self, codec: Any, seen: Tensor) -> Tensor:  # noqa: ANN401
        layers = [p for p in codec.encoder.modules() if next(p.children(), None) is None]
        linear, function = layers[0], nn.Sequential(*layers[1:])
        if not isinstance(linear, nn.Linear) or len(layers) > 2 or [*function.parameters()]:
            raise UsageError(
                f"contractive: the Jacobian of the encoder, of {len(layers)} modules, has a "
                "closed form for one dense layer with its activation only: set probes, the number "
                "of random vectors from which its norm is estimated"
            )
        z = linear(seen)
        code = codec.code.point(function(z))
        if code.shape != z.shape:
            raise UsageError(
                f"contractive: the code makes {code.shape[1]} numbers of {z.shape[1]} outputs of "
                "the encoder, which has no closed form: set probes"
            )
        slopes = _gradient(code.sum(), z)
        return slopes.square() @ linear.weight.square().sum(1)

    def _probed(self, codec: Any, seen: Tensor) -> Tensor:  # noqa: ANN401
        assert self.probes is not None
        rows = seen.detach().requires_grad_()
        code = codec.encode(rows)
        total = seen.new_zeros(len(seen))
        for _ in range(self.probes):
            along = _gradient((code * self._signs(code.detach())).sum(), rows)
            total = total + along.square().flatten(1).sum(1)
        return total / self.probes

    def _signs(self, code: Tensor) -> Tensor:
        """A random vector of signs for each row, in the shape of the code."""
        return dithered(code, self.source).lt(0.5).to(code).mul_(2).sub_(1)


def _gradient(value: Tensor, of: Tensor) -> Tensor:
    """The gradient of a number, through which gradients of the second order pass."""
    (found,) = torch.autograd.grad(value, of, create_graph=True)
    return found
