"""Robustness: the accuracy on test pictures that are shifted, turned or scaled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.bounds import Count, NonNegative, Size
from harmonium.data import Examples, Picture, transformed
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["ROTATIONS", "SCALES", "SHIFTS", "Robustness", "robustness", "spread"]

SHIFTS = tuple(range(-4, 5))
"""Shifts in pixels of the report's curve."""

ROTATIONS = (-45, -30, -15, 0, 15, 30, 45)
"""Rotations in degrees of the report's curve, anticlockwise."""

SCALES = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4)
"""Factors of the size of the report's curve."""


@torch.no_grad()
def robustness(
    model: Any,  # noqa: ANN401
    rows: Examples,
    *,
    shifts: Sequence[float] = SHIFTS,
    rotations: Sequence[float] = ROTATIONS,
    scales: Sequence[float] = SCALES,
) -> dict[str, dict[float, float]]:
    """Accuracy on pictures that are all shifted, turned or scaled by the same amount.

    Pixels from outside a picture have the value of the nearest one. A shift by s pixels is one to
    the right and, separately, one down: their mean accuracy counts.

    Args:
        model: decides, as the abilities of models.
        rows: labelled pictures.
        shifts: pixels.
        rotations: degrees, anticlockwise.
        scales: factors of the size, about the centre.

    Returns:
        "shift", "rotation" and "scale" -> amount -> accuracy.

    Raises:
        ValueError: the rows are no pictures, or have no labels.
    """
    sides: dict[str, Mapping[float, Sequence[Mapping[str, Any]]]] = {
        "shift": {s: ({"shift": (s, 0)}, {"shift": (0, s)}) for s in shifts},
        "rotation": {angle: ({"rotation": angle},) for angle in rotations},
        "scale": {factor: ({"scale": factor},) for factor in scales},
    }
    return {
        side: {
            amount: sum(_accuracy(model, rows, change=change) for change in ways) / len(ways)
            for amount, ways in amounts.items()
        }
        for side, amounts in sides.items()
    }


def _accuracy(model: Any, rows: Examples, *, change: Mapping[str, Any]) -> float:  # noqa: ANN401
    kind, labels = rows.kinds.get("x"), rows.labels
    if not isinstance(kind, Picture) or labels is None:
        raise UsageError("robustness is measured on labelled pictures")
    moved = kind.flat(transformed(kind.shaped(rows.x[:]), **change))
    batches = model.batches(rows.with_columns(x=moved))
    decided = torch.cat([model.decide(batch) for batch in batches])
    return float(decided.eq(labels).double().mean())


def spread(rows: Examples, count: int) -> Examples:
    """At most ``count`` rows, evenly spaced because files are often sorted by class."""
    n = min(len(rows), count)
    return rows.take(torch.arange(n, device=rows.x.device) * len(rows) // n)


@dataclass(frozen=True)
class Robustness:
    """Mean accuracy on test pictures that are shifted, turned or scaled.

    The report shows the accuracy for every amount. Pixels from outside a picture have the value
    of the nearest one.

    Args:
        shift: largest shift, in pixels: the mean is over all whole shifts up to it, on both sides.
        rotation: rotation in degrees: the mean is over both directions.
        scale: change of the size, as a share: the mean is over both directions.
        rows: most test rows to look at; they are spread over all of them.
    """

    needs: ClassVar[Needs] = Needs(model=("decides",), data=("labelled test", "pictures"))

    shift: Size = 4
    rotation: NonNegative = 15.0
    scale: NonNegative = 0.2
    rows: Count = 2000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``shifted_accuracy``, ``rotated_accuracy`` and ``scaled_accuracy``."""
        if not self.scale < 1:
            raise UsageError(f"judge robustness: scale is {self.scale}: give a share below 1")
        test = trial.labelled(trial.data.test)
        assert test is not None
        found = robustness(
            trial.able("decides"),
            spread(test, self.rows),
            shifts=[s for s in range(-self.shift, self.shift + 1) if s or not self.shift],
            rotations=sorted({-self.rotation, self.rotation}),
            scales=sorted({1 - self.scale, 1 + self.scale}),
        )
        names = {"shift": "shifted", "rotation": "rotated", "scale": "scaled"}
        return {
            f"{names[side]}_accuracy": sum(curve.values()) / len(curve)
            for side, curve in found.items()
        }
