"""Long short-term memory."""

import torch
from torch import nn

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.nets.recurrent.fused import Fused, started
from harmonium.random import by_torch

__all__ = ["LSTM"]


@checked
class LSTM(Fused):
    r"""A layer whose cells keep their content until gates let it change.

    .. math:: (i, f, o)_t = \sigma(W x_t + U h_{t-1} + b), \qquad
              \tilde c_t = \tanh(W' x_t + U' h_{t-1} + b'), \\
              c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t, \qquad
              h_t = o_t \odot \tanh c_t

    Where the forget gate f is open, gradients pass back through c unchanged. (Hochreiter and
    Schmidhuber, 1997, https://doi.org/10.1162/neco.1997.9.8.1735; with forget gates Gers,
    Schmidhuber and Cummins, 2000, https://doi.org/10.1162/089976600300015015.)

    Args:
        inputs: number of values of an input.
        hidden: cells of every layer.
        layers: number of layers, each of which reads the one below.
        forget_bias: initial bias of the forget gates; at 1 cells remember from the start
            (Jozefowicz et al., 2015, https://proceedings.mlr.press/v37/jozefowicz15.html).
    """

    def __init__(
        self,
        inputs: Count,
        hidden: Count,
        *,
        layers: Count = 1,
        forget_bias: NonNegative = 1.0,
    ) -> None:
        with by_torch():
            made = nn.LSTM(
                inputs, hidden, layers, batch_first=True, device="meta", dtype=torch.float32
            )
            core = started(made)
        with torch.no_grad():
            for name, bias in core.named_parameters():  # gates in the order i, f, c, o
                if name.startswith("bias_"):
                    bias[hidden : 2 * hidden] = forget_bias if "_ih_" in name else 0.0
        super().__init__(
            core,
            {
                "inputs": inputs,
                "hidden": hidden,
                "layers": layers,
                "forget_bias": float(forget_bias),
            },
        )
