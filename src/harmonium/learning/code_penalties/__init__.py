"""Penalties of codes: terms of the loss of a codec that keep its code simple.

A penalty is called with the codec, the rows as the encoder saw them ``(B, D)`` and their codes
``(B, k)``, these by name: ``penalty(net, seen, code=codes)``. It gives a term for each row,
``(B,)``, or one number for the batch, which counts once. One that draws random numbers has the
attribute ``source``, their generator.
"""

from harmonium.learning.code_penalties.absolute import Absolute
from harmonium.learning.code_penalties.contractive import Contractive
from harmonium.learning.code_penalties.rate import Rate
from harmonium.learning.code_penalties.weights import Weights

__all__ = ["Absolute", "Contractive", "Rate", "Weights"]
