"""The known data sets: what they are, and where on this computer they lie. Needs no torch."""

from harmonium.catalogue.known import info, known_sets, locate

__all__ = ["info", "known_sets", "locate"]
