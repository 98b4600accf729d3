"""Ordinary nets: plain ``torch.nn`` modules, one architecture a file."""

from torch import nn

from harmonium.nets.autoencoder import Autoencoder
from harmonium.nets.mlp import MLP
from harmonium.nets.perceptron import Perceptron

__all__ = ["MLP", "NETS", "Autoencoder", "Perceptron"]

NETS: dict[str, type[nn.Module]] = {net.__name__: net for net in (Autoencoder, MLP, Perceptron)}
"""The nets that a file can hold, by name. Each has ``settings``, its constructor's arguments."""
