"""Trials in turn: each is made when its first task comes, and let go of before the next."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harmonium.runs.engine import Task
from harmonium.runs.stages import Stage
from harmonium.stages.trial import Trial

__all__ = ["Turn", "in_turn"]

Begin = Callable[[int], tuple[Trial, list[Task]]]
"""From the number of a trial to the trial, with its rows and its machine, and to its tasks."""


class _Turns:
    """The trial whose turn it is."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._now: tuple[Trial, list[Task]] | None = None

    def at(self, number: int) -> tuple[Trial, list[Task]]:
        if self._now is None or self._now[0].number != number:
            if self._now is not None:
                self._now = None
                gc.collect()  # an optimiser and its schedules hold each other, and so the rows
            self._now = self._begin(number)
        return self._now


@dataclass(frozen=True)
class Turn:
    """A task of a trial that is not there before its turn; as the engine drives it."""

    trial: int
    name: str
    place: int
    """Which of its trial's tasks it is."""
    turns: _Turns

    @property
    def workspace(self) -> Trial:
        """The trial; it is begun anew where another has had its turn since."""
        return self.turns.at(self.trial)[0]

    @property
    def _task(self) -> Task:
        return self.turns.at(self.trial)[1][self.place]

    def build(self) -> Stage:
        """Makes the stage."""
        return self._task.build()

    def finish(self, stage: Any, /) -> Mapping[str, Mapping[str, Any]]:  # noqa: ANN401
        """From the stage that is done to results."""
        return self._task.finish(stage)


def in_turn(trials: int, begin: Begin) -> list[Turn]:
    """The tasks of so many trials, which all have the same; the first is begun at once."""
    turns = _Turns(begin)
    names = [task.name for task in turns.at(0)[1]]
    return [
        Turn(number, name, place, turns)
        for number in range(trials)
        for place, name in enumerate(names)
    ]
