"""Recurrent layers that torch computes in one call for all steps."""

from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

__all__ = ["Fused", "State", "started"]

State: TypeAlias = tuple[Tensor, ...]
"""Tensors ``(B, layers, hidden)``, of which the first is the output of every layer."""


def started(core: nn.RNNBase) -> nn.RNNBase:
    """Gives a module on the device "meta" memory and torch's initial values.

    They are drawn from the source of ``random.by_torch``.
    """
    if torch.get_default_device().type == "meta":
        return core
    core = core.to_empty(device=torch.get_default_device())
    core.reset_parameters()
    return core


class Fused(nn.Module):
    """One of torch's recurrent modules, with the batch axis first in its state.

    Args:
        core: ``torch.nn.RNN``, ``LSTM`` or ``GRU`` with ``batch_first``.
        settings: arguments of the constructor.
    """

    def __init__(self, core: nn.RNNBase, settings: dict[str, Any]) -> None:
        super().__init__()
        self.core, self.settings = core, settings

    @property
    def inputs(self) -> int:
        """Number of values of an input."""
        return self.core.input_size

    @property
    def hidden(self) -> int:
        """Units of every layer."""
        return self.core.hidden_size

    @property
    def layers(self) -> int:
        """Number of layers."""
        return self.core.num_layers

    @property
    def recurrent_weight(self) -> nn.Parameter:
        """Weights from the old hidden values, those of all gates below each other."""
        weight = self.core.weight_hh_l0
        assert isinstance(weight, nn.Parameter)
        return weight

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Outputs of the last layer ``(B, T, hidden)``, and the state after the last step.

        Args:
            x: ``(B, T, inputs)``.
            state: after the step before; None: zeros.
        """
        given: Any = None
        if state is not None:
            ours = tuple(part.transpose(0, 1).contiguous() for part in state)
            given = ours if len(ours) > 1 else ours[0]
        outputs, made = self.core(x, given)
        parts = made if isinstance(made, tuple) else (made,)
        return outputs, tuple(part.transpose(0, 1) for part in parts)
