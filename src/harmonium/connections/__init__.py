"""Connections between groups of units, one kind per file."""

from harmonium.connections.base import Connection
from harmonium.connections.chain import Chain
from harmonium.connections.convolution import Convolution
from harmonium.connections.dense import Dense
from harmonium.connections.lateral import Lateral
from harmonium.connections.masked import Masked
from harmonium.connections.replicated import Replicated
from harmonium.connections.sum_pool import SumPool

__all__ = [
    "Chain",
    "Connection",
    "Convolution",
    "Dense",
    "Lateral",
    "Masked",
    "Replicated",
    "SumPool",
]
