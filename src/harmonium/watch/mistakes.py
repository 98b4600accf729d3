"""The number of mistakes of a perceptron since it began to learn."""

from harmonium.learning import ErrorCorrection, Watch

__all__ = ["MistakesWatch"]


class MistakesWatch(Watch):
    """Counts mistakes, as the bound on their number does.

    Args:
        learner: the rule, which counts.
    """

    def __init__(self, learner: ErrorCorrection) -> None:
        self.learner = learner

    def measure(self, epoch: int) -> dict[str, float]:
        """``train/mistakes_total``: corrected rows since the start."""
        del epoch
        return {"train/mistakes_total": int(self.learner.mistakes)}
