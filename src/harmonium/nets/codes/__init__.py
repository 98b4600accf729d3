"""Codes: what stands between the encoder and the decoder of a ``Codec``, one kind per file."""

from harmonium.nets.codes.code import Code, Drawn, Point

__all__ = ["Code", "Drawn", "Point"]
