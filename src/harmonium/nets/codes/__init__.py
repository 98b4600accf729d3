"""Codes: what stands between the encoder and the decoder of a ``Codec``, one kind per file."""

from harmonium.nets.codes.code import Code, Drawn, Point
from harmonium.nets.codes.gaussian import Gaussian
from harmonium.nets.codes.k_sparse import KSparse
from harmonium.nets.codes.noisy import Noisy

__all__ = ["Code", "Drawn", "Gaussian", "KSparse", "Noisy", "Point"]
