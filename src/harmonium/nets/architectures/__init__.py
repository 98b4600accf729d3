"""Known nets as lists of layers: each is a function that returns a ``Net``."""

from harmonium.nets.architectures.dilated import dilated_net
from harmonium.nets.architectures.lenet1 import lenet1
from harmonium.nets.architectures.lenet5 import lenet5
from harmonium.nets.architectures.seven_layers import seven_layer_net
from harmonium.nets.architectures.two_stages import two_stage_net

__all__ = ["dilated_net", "lenet1", "lenet5", "seven_layer_net", "two_stage_net"]
