"""What a convolutional net sees: maps, saliency, occlusion, what excites units, deconvolution.

Every function takes any ``nn.Module`` that reads pictures ``(B, channels, height, width)``, and
leaves its parameters, their gradients and its mode as they are.
"""

from harmonium.nets.seeing.deconvolution import deconvolution
from harmonium.nets.seeing.excited import excited
from harmonium.nets.seeing.maps import activation_maps, convolutions, first_kernels, stages
from harmonium.nets.seeing.moved import moved
from harmonium.nets.seeing.occlusion import occlusion, over_pixels
from harmonium.nets.seeing.reach import Reach, reach
from harmonium.nets.seeing.saliency import saliency
from harmonium.nets.seeing.strongest import Strongest, cut, strongest

__all__ = [
    "Reach",
    "Strongest",
    "activation_maps",
    "convolutions",
    "cut",
    "deconvolution",
    "excited",
    "first_kernels",
    "moved",
    "occlusion",
    "over_pixels",
    "reach",
    "saliency",
    "stages",
    "strongest",
]
