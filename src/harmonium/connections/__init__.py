"""Kinds of wiring, one per file."""

from harmonium.connections.base import Connection
from harmonium.connections.dense import Dense
from harmonium.connections.lateral import Lateral

__all__ = ["Connection", "Dense", "Lateral"]
