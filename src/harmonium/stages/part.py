"""The protocol of a stage of a recipe, and the parts that the engine runs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from harmonium.needs import Needs

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["Part", "Single", "Stage"]


@dataclass(frozen=True)
class Part:
    """One training with its own name.

    Args:
        name: such as "pretrain/1".
        build: makes the training when its turn comes.
        then: called when the training is done.
    """

    name: str
    build: Callable[[], Training]
    then: Callable[[], None] | None = None


class Stage(Protocol):
    """Settings of one kind of learning."""

    makes: ClassVar[tuple[str, ...]]
    """Names of the models that the stage makes."""

    @property
    def needs(self) -> Needs:
        """What must exist before the stage: abilities of a model, kinds of rows."""
        ...

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of each part, known before the data are read."""
        ...

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the parts of the stage for one trial, in order; nothing is built yet.

        Raises:
            ValueError: models and data do not fit; the message names the stage.
        """
        ...


class Single:
    """Base class of stages that have one part and make no model."""

    makes: ClassVar[tuple[str, ...]] = ()

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of the stage's single part."""
        del model
        return [(name, self)]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the stage's single part."""
        return [Part(name, partial(self.training, trial, name))]

    @abstractmethod
    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training when its turn comes."""
