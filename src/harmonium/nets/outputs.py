"""Kinds of the outputs of a decoder: how they become rows, and what the decoder keeps for them."""

import math
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.learning.objectives import Bernoulli, Gaussian, Multinomial, SquaredError
from harmonium.learning.objectives.mixed import block_losses, decoded_blocks

__all__ = ["Outputs", "as_rows", "given_kind", "log_likelihood"]

Outputs = Literal["probabilities", "values", "gaussian", "shares", "mixed"]
"""Kind of the values of a row.

probabilities: values in [0, 1]; the outputs are logits.
values: real values; of standard deviation 1, where a probability is asked for.
gaussian: real values with standard deviations of their own, ``log_std`` of the decoder.
shares: counts, such as words; the outputs are logits of a softmax.
mixed: columns of several kinds, ``kinds`` of the decoder (``objectives.Mixed``).
"""


def given_kind(decoder: nn.Module, kind: str, *, values: int) -> None:
    """Adds to a decoder what outputs of this kind need beside its layers.

    Args:
        decoder: net from codes to rows.
        kind: of the outputs.
        values: number of values of a row.
    """
    if kind == "gaussian" and not hasattr(decoder, "log_std"):
        log_std = nn.Parameter(torch.zeros(values, dtype=torch.float32))
        decoder.register_parameter("log_std", log_std)
    if kind == "mixed" and not hasattr(decoder, "kinds"):
        decoder.register_buffer("kinds", torch.zeros(values, dtype=torch.int64))


def as_rows(decoder: nn.Module, outputs: Tensor, *, kind: str) -> Tensor:
    """Outputs of a decoder in the range of the data, ``(B, D)``; shares sum to 1."""
    if kind == "probabilities":
        return outputs.sigmoid()
    if kind == "shares":
        return outputs.softmax(1)
    if kind == "mixed":
        kinds: Any = decoder.kinds
        return decoded_blocks(outputs, kinds)
    return outputs


def log_likelihood(decoder: nn.Module, codes: Tensor, *, rows: Tensor, kind: str) -> Tensor:
    """log p(x | c), ``(B,)``, in nats.

    Of shares, it is that of the words in their order, without the multinomial coefficient.

    Args:
        decoder: net from codes to outputs.
        codes: c, ``(B, k)``.
        rows: x, ``(B, D)``.
        kind: of the outputs.
    """
    batch, constant = {"x": codes, "y": rows}, 0.5 * math.log(2 * math.pi)
    if kind == "mixed":
        kinds: Any = decoder.kinds
        losses, real = block_losses(decoder(codes), rows, kinds=kinds)
        return -losses - constant * real
    if kind == "values":
        return -SquaredError()(decoder, batch) - constant * rows.shape[1]
    objectives: dict[str, Any] = {
        "gaussian": Gaussian(),
        "probabilities": Bernoulli(),
        "shares": Multinomial(),
    }
    loss: Tensor = objectives[kind](decoder, batch)
    return -loss
