"""Lists of layers as descriptions: read, checked, and made into modules (``nets.Net``)."""

from harmonium.nets.described.placed import Initialiser, Layer, Placed
from harmonium.nets.described.steps import LayerError, Step, steps_of

__all__ = ["Initialiser", "Layer", "LayerError", "Placed", "Step", "steps_of"]
