"""Recurrent layers: maps of sequences whose outputs depend on all inputs so far.

Each is a module with the sizes ``inputs`` and ``hidden``, the number of ``layers``, and its
``settings``. It maps inputs ``(B, T, inputs)`` and a state to outputs ``(B, T, hidden)`` and the
state after the last step. A state is a tuple of tensors ``(B, layers, hidden)``; None: zeros.
"""

from harmonium.nets.recurrent.bidirectional import Bidirectional
from harmonium.nets.recurrent.fused import Fused, State
from harmonium.nets.recurrent.gru import GRU
from harmonium.nets.recurrent.lstm import LSTM
from harmonium.nets.recurrent.multiplicative import MultiplicativeRNN
from harmonium.nets.recurrent.rnn import RNN

__all__ = ["GRU", "LSTM", "RNN", "Bidirectional", "Fused", "MultiplicativeRNN", "State"]
