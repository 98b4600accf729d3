"""Ordinary nets: plain ``torch.nn`` modules, one architecture a file.

A net that recipes and files name (``registry.py``) has ``settings``, its constructor's arguments;
``units``, the values of a row and the units of every layer; ``output_kind``, what its outputs are;
and ``activities``, from rows to the activities of its hidden layers, where it has some.
"""

from harmonium.nets.autoencoder import Autoencoder
from harmonium.nets.mlp import MLP
from harmonium.nets.perceptron import Perceptron

__all__ = ["MLP", "Autoencoder", "Perceptron"]
