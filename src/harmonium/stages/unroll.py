"""Turns a machine into an ordinary net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from harmonium.models import Classifier, Model
    from harmonium.stages.trial import Trial

__all__ = ["Unroll"]


@dataclass(frozen=True)
class Unroll:
    """A net with the machine's upward weights and a new output layer.

    Args:
        into: the purpose of the net: classifier.
    """

    makes: ClassVar[tuple[str, ...]] = ("net",)
    needs: ClassVar[Needs] = Needs(model=("unrolls",), data=("train", "classes"))

    into: Literal["classifier"] = "classifier"

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Empty: the stage learns nothing."""
        return []

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns no parts, but promises the net, which is made when the next stage needs it."""

        def make() -> Classifier:
            from harmonium.models import Classifier

            return Classifier(trial.able("unrolls").unrolled(len(trial.data.classes)))

        trial.promise("net", make)
        return []
