"""Estimates the memory of a recipe's machine before it is allocated."""

import torch
from torch import nn

from harmonium.describe.build import build
from harmonium.describe.recipe import Recipe
from harmonium.errors import UsageError
from harmonium.memory import in_words, need

__all__ = ["check_size", "outlined"]

BYTES = {"float32": 4, "float64": 8}
"""Bytes of one number, by precision."""

_HELD = 2
"""Minimum of numbers per parameter in training: its value and its gradient."""


def outlined(recipe: Recipe) -> nn.Module:
    """Makes the machine or net of a recipe without memory for values: names and shapes only.

    Raises:
        ValueError: a shape is too large to be counted.
    """
    try:
        with torch.device("meta"):
            machine: nn.Module = build(recipe.model)
        return machine
    except (RuntimeError, OverflowError) as error:
        raise UsageError(
            f"model: {recipe.model.type} of this size needs more memory than can be addressed "
            f"({str(error).splitlines()[0]}): take fewer units"
        ) from error


def check_size(recipe: Recipe) -> None:
    """Refuses a machine that cannot be trained in the free memory.

    Raises:
        ValueError: it needs too much; the message gives needed and free memory.
    """
    machine = outlined(recipe)
    parameters = sum(p.numel() for p in machine.parameters())
    size = BYTES[recipe.precision] * parameters
    what = f"model: {parameters:,d} parameters take {in_words(size)}, and with gradients training"
    need(_HELD * size, what, remedy="take fewer units")
