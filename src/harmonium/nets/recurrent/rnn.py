"""The simple recurrent layer, that of Elman."""

from typing import Literal

import torch
from torch import nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.nets.recurrent.fused import Fused, started
from harmonium.random import by_torch

__all__ = ["RNN"]


@checked
class RNN(Fused):
    r"""A layer of units that read their own outputs of the step before.

    .. math:: h_t = g(W x_t + U h_{t-1} + b)

    (Elman, 1990, https://doi.org/10.1207/s15516709cog1402_1.) With ``start`` identity, U starts
    as the identity and b as 0, so that rectified units keep their values until they learn to
    change them (Le, Jaitly and Hinton, 2015, https://arxiv.org/abs/1504.00941).

    Args:
        inputs: number of values of an input.
        hidden: units of every layer.
        activation: g, the hyperbolic tangent or the rectifier.
        start: initial recurrent weights: uniform, orthogonal, or the identity.
        layers: number of layers, each of which reads the one below.
    """

    def __init__(
        self,
        inputs: Count,
        hidden: Count,
        *,
        activation: Literal["tanh", "relu"] = "tanh",
        start: Literal["uniform", "orthogonal", "identity"] = "uniform",
        layers: Count = 1,
    ) -> None:
        with by_torch():
            made = nn.RNN(
                inputs,
                hidden,
                layers,
                nonlinearity=activation,
                batch_first=True,
                device="meta",
                dtype=torch.float32,
            )
            core = started(made)
            for name, weight in core.named_parameters():
                if start == "orthogonal" and name.startswith("weight_hh"):
                    nn.init.orthogonal_(weight)
                if start == "identity" and name.startswith("weight_hh"):
                    nn.init.eye_(weight)
                if start == "identity" and name.startswith("bias"):
                    nn.init.zeros_(weight)
        super().__init__(
            core,
            {
                "inputs": inputs,
                "hidden": hidden,
                "activation": activation,
                "start": start,
                "layers": layers,
            },
        )
