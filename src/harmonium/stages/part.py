"""What a stage of a recipe consists of for the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from harmonium.needs import Needs

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["Part", "Stage"]


@dataclass(frozen=True)
class Part:
    """One training with a name of its own.

    Args:
        name: such as "pretrain/1".
        build: makes it when its turn comes.
        then: is called when it is done.
    """

    name: str
    build: Callable[[], Training]
    then: Callable[[], None] | None = None


class Stage(Protocol):
    """Settings of one kind of learning."""

    makes: ClassVar[tuple[str, ...]]
    """Names of the models that it makes."""
    needs: ClassVar[Needs]
    """What must be there before it."""

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of each of its parts, before there are data."""
        ...

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """What it does to a trial, in order; nothing is built yet.

        Raises:
            ValueError: models and data do not fit; the message names the stage.
        """
        ...
