"""Decisions of models that give class probabilities."""

from abc import abstractmethod

from torch import Tensor

from harmonium.models.abilities import Batch

__all__ = ["MostProbable"]


class MostProbable:
    """Decides for the class with the highest probability; ties go to the first class."""

    @abstractmethod
    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | x), ``(B, classes)``, in nats."""

    def decide(self, batch: Batch) -> Tensor:
        """The most probable class of every row, ``(B,)``, int64."""
        return self.log_probs(batch).argmax(1)
