"""The settings of a layer of a described net, beside those of its own type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from harmonium.bounds import Count, NonNegative

__all__ = ["Initialiser", "Layer", "Placed"]

Layer: TypeAlias = str | Mapping[str, Any]
"""A layer: the name of its type, or a mapping with "type", its settings and its place."""

Initialiser: TypeAlias = str | Mapping[str, Any]
"""A rule for initial values: the name of its type, or a mapping with "type" and its settings."""


@dataclass(frozen=True)
class Placed:
    """The place of a layer in its net, and how it starts and learns.

    Args:
        name: of the layer and its parameters; by default its number in the list, from 0.
        inputs: the layers that it reads, by name; "input" is what the list of layers reads. By
            default the layer above.
        repeat: number of successive copies, each with parameters of its own. Copies with a name
            have its number, from 1, behind the name.
        initial: name of a parameter -> rule of its initial values (``torch.nn.init``); a name
            such as "weight" means every parameter of this name in the layer. Other parameters
            start as PyTorch starts them.
        frozen: keep the parameters, and running means, as they are.
        rate: factor of the learning rate of the parameters.
    """

    name: str | None = None
    inputs: str | Sequence[str] = ()
    repeat: Count = 1
    initial: Mapping[str, Initialiser] = field(default_factory=dict)
    frozen: bool = False
    rate: NonNegative = 1.0
