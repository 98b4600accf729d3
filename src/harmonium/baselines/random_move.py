"""A player of Go that plays any legal move."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.data.go.planes import legal_points
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["RandomMove"]


@dataclass(frozen=True)
class RandomMove:
    r"""All legal moves are equally likely; the accuracy is that which is expected of it.

    .. math:: \langle 1 / \text{number of legal moves} \rangle
    """

    needs: ClassVar[Needs] = Needs(data=("moves", "labelled test"))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``accuracy``, ``error`` and the number of test ``rows``."""
        test = trial.labelled(trial.data.test)
        assert test is not None
        counts = [legal_points(part["x"]).sum(1) for part in test.batches(1000)]
        right = sum(float((1.0 / count.double()).sum()) for count in counts) / len(test)
        return {"accuracy": right, "error": 1 - right, "rows": len(test), "settings": {}}
