"""A named list of layers inside another: a container for their parameters."""

from collections.abc import Sequence

from torch import nn

from harmonium.nets.described.placed import Layer

__all__ = ["Sequential"]


class Sequential(nn.Module):
    """A list of layers under one name, which may be repeated as a whole.

    Its layers stand in the graph of the net (``Net.nodes``) by themselves, so the module only
    holds them: their parameters have its name in front. Inside the list, "input" means what the
    list reads, and names of its own layers come before those outside.

    Args:
        layers: of the list, the lowest first.
    """

    def __init__(self, layers: Sequence[Layer] = ()) -> None:
        super().__init__()
        del layers
