"""Initial weights of dense layers, by the name of their rule or by their standard deviation."""

from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor

from harmonium.arguments import named
from harmonium.bounds import Positive
from harmonium.errors import UsageError
from harmonium.nets.activations import first_std
from harmonium.random import initial as drawn

__all__ = ["Initial", "check_initial", "first_weights"]

Initial: TypeAlias = Literal["auto", "glorot", "he", "orthogonal"]
"""Names of the rules for initial weights."""

RULES = ("auto", "glorot", "he", "orthogonal")


def first_weights(
    outputs: int,
    inputs: int,
    *,
    initial: Initial | Positive = "auto",
    activation: str = "identity",
    slope: float | None = None,
) -> Tensor:
    r"""Initial weights of a layer, ``(outputs, inputs)``, float32.

    - "auto": normal, with the standard deviation that suits the activation
      (``activations.first_std``).
    - "glorot": normal, of variance :math:`2 / (\mathrm{inputs} + \mathrm{outputs})` for every
      activation (Glorot and Bengio, 2010, https://proceedings.mlr.press/v9/glorot10a.html).
    - "he": normal, of variance :math:`2 / \mathrm{inputs}` (He et al., 2015,
      https://arxiv.org/abs/1502.01852).
    - "orthogonal": orthonormal rows, or columns where there are more outputs than inputs, times
      :math:`\sqrt 2` for relu and 1 for every other activation (Saxe et al., 2014,
      https://arxiv.org/abs/1312.6120).
    - a number: normal, with this standard deviation.

    The draws come from the seed of the surrounding ``random.seeded``.

    Args:
        outputs: units of the layer.
        inputs: values that every unit reads.
        initial: the rule, or the standard deviation.
        activation: of the layer.
        slope: of the activation; None for its default.

    Raises:
        ValueError: there is no such rule, or the number is not above 0.

    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     weights = first_weights(2, 3, initial="orthogonal")
    >>> torch.allclose(weights @ weights.mT, torch.eye(2, dtype=torch.float32), atol=1e-6)
    True
    """
    check_initial(initial)
    if initial == "orthogonal":
        return _orthogonal(outputs, inputs, gain=2**0.5 if activation == "relu" else 1.0)
    stds = {"glorot": (2 / (inputs + outputs)) ** 0.5, "he": (2 / inputs) ** 0.5}
    if initial == "auto":
        std = first_std(activation, slope, shape=(outputs, inputs))
    else:
        std = stds[initial] if isinstance(initial, str) else float(initial)
    return drawn(outputs, inputs, std=std)


def check_initial(initial: Any) -> None:  # noqa: ANN401
    """Raises ValueError unless the argument is the name of a rule or a number above 0."""
    number = isinstance(initial, int | float) and not isinstance(initial, bool)
    valid = 0 < initial < float("inf") if number else initial in RULES
    if not valid:
        raise UsageError(
            f"initial is {named(initial)}: give {', '.join(RULES)}, or the standard deviation of "
            "the weights, a finite number above 0"
        )


def _orthogonal(outputs: int, inputs: int, *, gain: float) -> Tensor:
    """Orthonormal rows or columns, uniform over all such matrices, times the gain."""
    low, high = sorted((outputs, inputs))
    normal = drawn(high, low)
    if normal.is_meta:
        return normal.new_empty(outputs, inputs)
    q, r = torch.linalg.qr(normal)
    q = gain * q * r.diagonal().sign()  # makes the distribution uniform
    return q if outputs >= inputs else q.mT.contiguous()
