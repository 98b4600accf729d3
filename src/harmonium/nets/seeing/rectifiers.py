"""Another backward pass for every rectified unit of a net, whatever way it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

__all__ = ["Rectifiers", "leaking", "rectified_signals"]

Backward = Callable[[Tensor, Tensor], Tensor]
"""From what a unit read, and the signal that comes down to it, to the signal that it passes on."""


def rectified_signals(_: Tensor, signal: Tensor) -> Tensor:
    """max(signal, 0), whatever the unit read."""
    return signal.clamp(min=0)


def leaking(x: Tensor, signal: Tensor) -> Tensor:
    """The signal where the unit is active, a tenth of it where it is silent."""
    return torch.where(x > 0, signal, 0.1 * signal)


class _Rectified(torch.autograd.Function):
    """max(x, 0), with a backward pass that is given."""

    @staticmethod
    def forward(context: Any, *call: Any) -> Tensor:  # noqa: ANN401
        x, backward = call
        context.save_for_backward(x.clone())
        context.passed = backward
        return x.clamp(min=0)

    @staticmethod
    def backward(context: Any, signal: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        (x,) = context.saved_tensors
        return context.passed(x, signal), None


_RELU = {
    functional.relu,
    functional.relu_,
    torch.relu,
    torch.relu_,
    Tensor.relu,
    Tensor.relu_,
}


class Rectifiers(TorchFunctionMode):
    """Within it, every rectified unit has another backward pass; its values are the same.

    Modules, functions and methods of tensors are changed alike, in this thread only.

    Args:
        backward: the backward pass.

    >>> x = torch.tensor([-1.0, 2.0], requires_grad=True)
    >>> with Rectifiers(leaking):
    ...     y = torch.relu(x)
    >>> y.sum().backward()
    >>> y.tolist(), [round(g, 2) for g in x.grad.tolist()]
    ([0.0, 2.0], [0.1, 1.0])
    """

    def __init__(self, backward: Backward) -> None:
        super().__init__()
        self.backward = backward

    def __torch_function__(  # noqa: PLR0917
        self,
        function: Any,  # noqa: ANN401
        types: Any,  # noqa: ANN401
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Calls a function of torch, with own rectified units."""
        if function in _RELU:
            x = args[0] if args else kwargs["input"]
            return _Rectified.apply(x, self.backward)
        return function(*args, **(kwargs or {}))
