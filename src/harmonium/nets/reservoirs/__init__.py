"""Reservoirs: random recurrent layers that never change, below a readout that is solved.

Each is a module with the sizes ``inputs`` and ``hidden``, and its ``settings``. It maps inputs
``(B, T, inputs)`` and a state to outputs ``(B, T, hidden)`` and the state after the last step. A
state is a tuple of tensors ``(B, hidden)``; None: rest.
"""

from harmonium.nets.reservoirs.echo_state import EchoState
from harmonium.nets.reservoirs.liquid import Liquid

__all__ = ["EchoState", "Liquid"]
