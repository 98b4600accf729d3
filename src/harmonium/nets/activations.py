"""Activation functions of nets, and the standard deviation of initial weights that suits each."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from torch import Tensor, nn

from harmonium.errors import UsageError

__all__ = ["Activation", "Logistic", "Softsign", "Tanh", "activation", "first_std"]

Activation: TypeAlias = Literal[
    "logistic", "tanh", "softsign", "relu", "leaky_relu", "elu", "gelu", "identity"
]
"""Names of the activation functions."""


class Logistic(nn.Module):
    r"""The logistic function of slope a: :math:`g(z) = 1 / (1 + e^{-a z})`, elementwise.

    Args:
        slope: a.

    >>> import torch
    >>> Logistic(2.0)(torch.tensor([0.0, 1.0], dtype=torch.float64))
    tensor([0.5000, 0.8808], dtype=torch.float64)
    """

    def __init__(self, slope: float = 1.0) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, z: Tensor) -> Tensor:
        """g(z), of the shape of z."""
        return (self.slope * z).sigmoid()

    def derivative(self, h: Tensor) -> Tensor:
        """g'(z) by the value h = g(z): a h (1 - h), at most a / 4."""
        return self.slope * h * (1 - h)


class Tanh(nn.Module):
    r"""The hyperbolic tangent of slope a: :math:`g(z) = \tanh(a z)`, elementwise.

    >>> import torch
    >>> Tanh(0.5)(torch.tensor([0.0, 1.0], dtype=torch.float64))
    tensor([0.0000, 0.4621], dtype=torch.float64)
    """

    def __init__(self, slope: float = 1.0) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, z: Tensor) -> Tensor:
        """g(z), of the shape of z."""
        return (self.slope * z).tanh()

    def derivative(self, h: Tensor) -> Tensor:
        """g'(z) by the value h = g(z): a (1 - h^2), at most a."""
        return self.slope * (1 - h.square())


class Softsign(nn.Module):
    r"""The softsign of slope a: :math:`g(z) = a z / (1 + |a z|)`, elementwise.

    It has the limits of the hyperbolic tangent, -1 and 1, which it approaches more slowly.
    (Glorot and Bengio, 2010, https://proceedings.mlr.press/v9/glorot10a.html.)

    >>> import torch
    >>> Softsign(2.0)(torch.tensor([0.0, 0.5, -1.5], dtype=torch.float64))
    tensor([ 0.0000,  0.5000, -0.7500], dtype=torch.float64)
    """

    def __init__(self, slope: float = 1.0) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, z: Tensor) -> Tensor:
        """g(z), of the shape of z."""
        return nn.functional.softsign(self.slope * z)

    def derivative(self, h: Tensor) -> Tensor:
        """g'(z) by the value h = g(z): a (1 - |h|)^2, at most a."""
        return self.slope * (1 - h.abs()).square()


_KNOWN: dict[str, tuple[Callable[..., nn.Module], float | None]] = {
    "logistic": (Logistic, 1.0),
    "tanh": (Tanh, 1.0),
    "softsign": (Softsign, 1.0),
    "relu": (nn.ReLU, None),
    "leaky_relu": (nn.LeakyReLU, 0.01),
    "elu": (nn.ELU, 1.0),
    "gelu": (nn.GELU, None),
    "identity": (nn.Identity, None),
}
"""Name -> the module and its default slope, None for a function without slope."""


def activation(name: str, slope: float | None = None) -> nn.Module:
    """Makes a module of an activation function.

    Args:
        name: one of ``Activation``.
        slope: for "logistic", "tanh" and "softsign", the slope a in the formula; for
            "leaky_relu" and "elu", the slope below 0 (of elu, the limit far below 0 is minus this
            number). None for the default.

    Raises:
        ValueError: there is no such function, or it has no slope.

    >>> activation("leaky_relu")
    LeakyReLU(negative_slope=0.01)
    """
    make, usual = _found(name)
    if usual is None and slope is not None:
        raise UsageError(f"slope: {name} has none to set; leave it out")
    return make() if usual is None else make(usual if slope is None else slope)


def first_std(name: str, slope: float | None = None, *, shape: tuple[int, int]) -> float:
    r"""Standard deviation of initial weights of a layer of shape ``(outputs, inputs)``.

    It keeps the variance of activities about equal from layer to layer. Logistic, tanh, softsign
    and linear units: :math:`\gamma \sqrt{2 / (\mathrm{inputs} + \mathrm{outputs})}`, where the
    gain gamma is one over the function's derivative at 0 (Glorot and Bengio, 2010,
    https://proceedings.mlr.press/v9/glorot10a.html). The others:
    :math:`\sqrt{2 / ((1 + a^2) \, \mathrm{inputs})}` with the slope a below 0, which is taken as
    0 for relu, elu and gelu (He et al., 2015, https://arxiv.org/abs/1502.01852).

    >>> first_std("relu", shape=(10, 50)), first_std("tanh", shape=(10, 40))
    (0.2, 0.2)
    """
    _, usual = _found(name)
    given = usual if slope is None else slope
    outputs, inputs = shape
    if name in ("logistic", "tanh", "softsign", "identity"):
        gain = (4.0 if name == "logistic" else 1.0) / (given or 1.0)
        return float(gain * (2 / (inputs + outputs)) ** 0.5)
    below = given if name == "leaky_relu" and given is not None else 0.0
    return float((2 / ((1 + below**2) * inputs)) ** 0.5)


def _found(name: Any) -> tuple[Callable[..., nn.Module], float | None]:  # noqa: ANN401
    if name not in _KNOWN:
        raise UsageError(f"activation: no function {name!r}; there are {', '.join(_KNOWN)}")
    return _KNOWN[name]
