"""Connections between groups of units, one kind per file."""

from harmonium.connections.base import Connection
from harmonium.connections.dense import Dense
from harmonium.connections.lateral import Lateral
from harmonium.connections.replicated import Replicated

__all__ = ["Connection", "Dense", "Lateral", "Replicated"]
