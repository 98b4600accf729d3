"""Objectives of gradient descent: from a net and a batch to the loss of each row."""

from harmonium.learning.objectives.cross_entropy import cross_entropy

__all__ = ["cross_entropy"]
