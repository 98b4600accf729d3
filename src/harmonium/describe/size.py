"""How much memory a recipe's machine takes, known before any of it is taken."""

import torch
from torch import nn

from harmonium.describe.build import build
from harmonium.describe.recipe import Recipe
from harmonium.errors import UsageError
from harmonium.memory import in_words, need

__all__ = ["check_size", "outlined"]

BYTES = {"float32": 4, "float64": 8}
"""Of one number, by a recipe's precision."""

_HELD = 2
"""Numbers held for each parameter in training, at least: itself and its gradient."""


def outlined(recipe: Recipe) -> nn.Module:
    """The recipe's machine or net without memory for its values: names and shapes only.

    Raises:
        ValueError: a shape is beyond all counting.
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
    """Refuses a machine that cannot be trained in the memory that is free.

    Raises:
        ValueError: with the size that it needs and the size that is free.
    """
    machine = outlined(recipe)
    parameters = sum(p.numel() for p in machine.parameters())
    size = BYTES[recipe.precision] * parameters
    what = f"model: {parameters:,d} parameters take {in_words(size)}, and with gradients training"
    need(_HELD * size, what, remedy="take fewer units")
