"""Objectives of gradient descent: functions of a net and a batch that return a loss per row."""

from harmonium.learning.objectives.cross_entropy import cross_entropy

__all__ = ["cross_entropy"]
