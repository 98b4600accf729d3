"""The engine runs tasks one after the other and writes checkpoints; it can be killed at any time.

A checkpoint holds the results of finished tasks, the whole state of the running stage, and the
length of the file of metrics. A resumed run equals an uninterrupted one bit for bit.
"""

import contextlib
import math
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harmonium.bounds import Count, Size
from harmonium.errors import RunError
from harmonium.figures import better, direction
from harmonium.learning import ranks
from harmonium.printable import printable
from harmonium.runs import checkpoint
from harmonium.runs.directory import sweep_up, write_json
from harmonium.runs.identity import check_identity, identity
from harmonium.runs.noticed import collect, noticed
from harmonium.runs.records import Record, Rows
from harmonium.runs.run import Run
from harmonium.runs.saved import fitting, read_state
from harmonium.runs.signals import Interrupted, Interruption, interruptible
from harmonium.runs.stages import Stage
from harmonium.runs.trackers import Trackers
from harmonium.runs.words import stage_name

__all__ = ["Checkpoints", "Engine", "Job", "Task", "Workspace", "begin"]

LOOKS = (1, 2, 5)
"""Records and checks follow epochs 1, 2, 5, 10, 20, 50, ... and the last epoch of a stage."""


class Workspace(Protocol):
    """The models that the tasks of a trial share."""

    def state_dict(self) -> dict[str, Any]:
        """State needed to resume."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restores that state."""
        ...

    def save(self, folder: Path, trial: int) -> None:
        """Writes the finished models to files."""


class Job(Protocol):
    """The next work of the engine: a ``Task``, or an object that makes one when its turn comes."""

    @property
    def trial(self) -> int:
        """Number of the job's trial."""
        ...

    @property
    def name(self) -> str:
        """Name, such as "pretrain/1"."""
        ...

    @property
    def workspace(self) -> Workspace:
        """Workspace of the job's trial."""
        ...

    @property
    def build(self) -> Callable[[], Stage]:
        """Makes the stage when its turn comes, from the workspace."""
        ...

    @property
    def finish(self) -> Callable[[Any], Mapping[str, Mapping[str, Any]]]:
        """Turns the finished stage into results: method -> name -> number."""
        ...


@dataclass(frozen=True)
class Task:
    """One stage to run.

    Args:
        trial: number of its trial.
        name: such as "pretrain/1".
        build: makes the stage when its turn comes, from the workspace.
        finish: turns the finished stage into results: method -> name -> number.
        workspace: of its trial.
    """

    trial: int
    name: str
    build: Callable[[], Stage]
    finish: Callable[[Any], Mapping[str, Mapping[str, Any]]]
    workspace: Workspace


@dataclass(frozen=True)
class Checkpoints:
    """When to save checkpoints, besides the end of every task.

    Args:
        every_updates: number of updates between two checkpoints.
        keep: number of latest checkpoints to keep; those before the last are named "last-...".
        log_spaced: number of checkpoints of each stage to keep for good, spaced evenly in
            log(update).
        best: the number whose best checkpoint is kept, such as "val/error".
    """

    every_updates: Count = 200
    keep: Count = 1
    log_spaced: Size = 0
    best: str | None = None

    def kept(self, updates: int) -> set[int]:
        """Updates of a stage after which a checkpoint is kept for good."""
        n = self.log_spaced
        if updates == 1:
            return set()
        return {round(math.exp(math.log(updates) * (k + 1) / n)) for k in range(n)}


@dataclass
class Engine:
    """Runs the tasks of a run in order, with checkpoints.

    Args:
        run: the run's directory.
        tasks: in order.
        checkpoints: when to save.
        trackers: receive the numbers of every epoch.
        watch: called after every update with "trial", "trials", "stage", "findings" (number of
            kinds of findings so far) and the stage's position. If it has a method ``begin``, this
            is called with the same before the first update of a stage.
        summary: turns all results into the content of ``results.json``.
    """

    run: Run
    tasks: Sequence[Job]
    checkpoints: Checkpoints = field(default_factory=Checkpoints)
    trackers: Trackers = field(default_factory=Trackers)
    watch: Callable[[Mapping[str, Any]], object] | None = None
    summary: Callable[[dict[str, Any]], dict[str, Any]] = dict

    def __post_init__(self) -> None:
        self._index, self._updates = 0, 0
        self._results: dict[str, Any] = {}
        self._best: float | None = None
        self._rows: Rows
        self._identity: dict[str, Any] = {}
        self._known: set[tuple[int, str, str]] = set()
        self._trials = len({task.trial for task in self.tasks})

    def go(self, *, resume: Path | None = None) -> None:
        """Runs the tasks that are not finished.

        Args:
            resume: the checkpoint to resume from; None starts from the beginning.

        Raises:
            ValueError: the checkpoint is damaged, belongs to another run or recipe, or the metrics
                differ from those at its time. Nothing is changed then.
            Interrupted: Ctrl-C, SIGTERM or SIGHUP; everything is saved.
            FloatingPointError: a stage diverged; the last good checkpoint is kept.
            OSError: the disk is full or read-only; the last checkpoint is intact.
        """
        self._identity = identity(self.run)
        stage = None if resume is None else self._restored(resume)
        if resume is None:
            self._rows = Rows(self.run.path / "metrics.jsonl")
        sweep_up(self.run.path)
        self._rows.cut()
        self._known = {*self._known_findings()}
        self.run.mark("running")
        self._note("started" if resume is None else f"resumed from {resume}")
        with self._told(), interruptible(patient=ranks.world().size > 1) as interruption:
            if self.trackers.members:
                self.trackers.setup(self.run.path, self.run.recipe)
            if resume is None and self.tasks:  # so that a run always has one
                self._save("last", self.tasks[0], stage=None)
            while self._index < len(self.tasks):
                self._do(self.tasks[self._index], stage, interruption=interruption)
                stage = None

    def _restored(self, place: Path) -> Stage | None:
        """Restores a checkpoint; returns the stage in progress, or None between two stages."""
        saved = read_state(place)
        check_identity(self.run, saved, place=place)
        rows = self.run.path / "metrics.jsonl"
        self._rows = Rows(rows, keep=saved["rows"], checksum=saved.get("metrics"))
        with fitting(place):
            return self._restore(saved)

    def _restore(self, saved: Mapping[str, Any]) -> Stage | None:
        index, inside = saved["task"], saved["stage"] is not None
        writer = self.tasks[index if inside or not index else index - 1]
        if (writer.trial, writer.name) != (saved["trial"], saved["name"]):
            raise RunError(
                f"it was written in trial {saved['trial']}, {saved['name']}, where the recipe has "
                f"trial {writer.trial}, {writer.name}"
            )
        self._index, self._updates = index, saved["updates"]
        self._results, self._best = saved["results"], saved["best"]
        if index == len(self.tasks) or self.tasks[index].trial != saved["trial"]:
            return None
        task = self.tasks[index]
        task.workspace.load_state_dict(saved["workspace"])
        if not inside:
            return None
        stage = task.build()
        stage.load_state_dict(saved["stage"])
        return stage

    def _do(self, task: Job, stage: Stage | None, *, interruption: Interruption) -> None:
        stage = task.build() if stage is None else stage
        name = f"{self._which(task)}{stage_name(task.name)}"
        self._note(f"{name}: {_length(stage.position)}")
        if self.watch is not None:
            begin(self.watch, self._state(task, stage))
        self._finish(task, self._drive(task, stage, interruption=interruption))

    def _drive(self, task: Job, stage: Stage, *, interruption: Interruption) -> Stage:
        kept = self.checkpoints.kept(stage.position["updates"])
        every = self.checkpoints.every_updates
        while not stage.done:
            stage.update()
            self._updates += 1
            if stage.epoch_ended:
                self._end_epoch(task, stage)
            if self.watch is not None:
                self.watch(self._state(task, stage))
            if stage.position["update"] in kept:
                self._save(f"step-{self._updates:06d}", task, stage=stage)
            asked = ranks.first_asked(interruption.asked)  # once: a signal may come in between
            if self._updates % every == 0 or asked:
                self._save("last", task, stage=stage)
            if asked:
                raise Interrupted(f"{asked}: saved; go on with {self._again}")
        return stage

    def _state(self, task: Job, stage: Stage) -> dict[str, Any]:
        kinds = len({(name, kind) for _, name, kind in self._known})
        place = {"trial": task.trial, "trials": self._trials, "stage": task.name}
        return {**place, "findings": kinds, **stage.position}

    def _which(self, task: Job) -> str:
        return f"trial {task.trial + 1} of {self._trials}, " if self._trials > 1 else ""

    @property
    def _again(self) -> str:
        return f"`{self.run.resume_command}`"

    def _end_epoch(self, task: Job, stage: Stage) -> None:
        stage.check()
        epoch = stage.position["epoch"]
        seen = stage.observe()
        place = {"trial": task.trial, "stage": task.name}
        row: dict[str, Any] = {**place, "epoch": epoch, "update": stage.position["update"], **seen}
        looked = stage.done or epoch / 10 ** int(math.log10(epoch)) in LOOKS
        if looked:
            row |= stage.notice()
        self._rows.append(row)
        self._warn(task, row.get("findings", ()), epoch=epoch)
        self.trackers.log({name: value for name, value in row.items() if name != "findings"})
        if looked:
            at = Record.at(
                self.run.path / "records", trial=task.trial, stage=task.name, epoch=epoch
            )
            checkpoint.write_tensors(at.path, stage.snapshot())
        best = self.checkpoints.best
        if best in seen and better(seen[best], self._best, mode=direction(best)):
            self._best = seen[best]
            name = f"best-{task.trial}-{task.name.replace('/', '.')}"
            self._save(name, task, stage=stage)

    def _finish(self, task: Job, stage: Stage) -> None:
        results = task.finish(stage)
        trial = self._results.setdefault(str(task.trial), {})
        for method, numbers in results.items():
            trial.setdefault(method, {}).update(numbers)
            self._warn(task, numbers.get("findings", ()))
        task.workspace.save(self.run.path / "models", task.trial)
        write_json(self.run.path / "results.json", self.summary(self._results))
        self._index += 1
        self._best = None
        self._save("last", task, stage=None)

    def _save(self, name: str, task: Job, *, stage: Stage | None) -> None:
        if stage is not None:
            stage.check()
        state = {
            "task": self._index,
            "name": task.name,
            "updates": self._updates,
            "results": self._results,
            "best": self._best,
            "rows": self._rows.sync(),
            "metrics": self._rows.checksum,
            **self._identity,
            "trial": task.trial,
            "workspace": task.workspace.state_dict(),
            "stage": None if stage is None else stage.state_dict(),
        }
        folder = self.run.path / "checkpoints"
        if name == "last" and self.checkpoints.keep > 1:
            self._shift(folder)
        checkpoint.write(folder / f"{name}.safetensors", state)

    def _shift(self, folder: Path) -> None:
        """Keeps the last checkpoint as one of the ``keep - 1`` before the new last one."""
        last = folder / "last.safetensors"
        if last.is_file():
            number = 1 + max((int(p.stem.split("-")[1]) for p in folder.glob("last-*")), default=0)
            os.link(last, folder / f"last-{number:06d}.safetensors")
        for old in sorted(folder.glob("last-*"))[: 1 - self.checkpoints.keep]:
            old.unlink()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Writes the final status of the run, for every way in which it can end."""
        try:
            yield
        except Interrupted as error:
            self._ended("interrupted", str(error))
            raise
        except KeyboardInterrupt:
            self._ended("interrupted", "stopped at once; the last checkpoint is kept")
            raise
        except BaseException as error:
            self._ended("failed", f"{type(error).__name__}: {error}")
            with contextlib.suppress(Warning, OSError, ValueError):
                self._warn_of_all()
            raise
        self._ended("done", None)
        self._warn_of_all()

    def _ended(self, status: str, reason: str | None) -> None:
        self._note(f"{status}{'' if reason is None else ': ' + reason}")
        with contextlib.suppress(OSError) if status == "failed" else contextlib.nullcontext():
            self.run.mark(status, reason=reason)
        self.trackers.finish(status)

    def _known_findings(self) -> Iterator[tuple[int, str, str]]:
        """Trial, stage and kind of the findings that the run has already reported."""
        for row in self.run.metrics():
            for finding in row.get("findings", ()):
                yield row["trial"], row["stage"], finding["kind"]
        for trial, methods in self._results.items():
            for numbers in methods.values():
                for finding in numbers.get("findings", ()):
                    yield int(trial), "judge", finding["kind"]

    def _warn(
        self, task: Job, findings: Sequence[Mapping[str, str]], *, epoch: int | None = None
    ) -> None:
        """Logs each kind of finding once per stage; a run of one trial also warns at once."""
        place = {"trial": task.trial, "stage": task.name, "epoch": epoch}
        for finding in findings:
            key = (task.trial, task.name, finding["kind"])
            if key not in self._known:
                self._known.add(key)
                (warning,) = collect([{**place, **finding}], trials=1)
                self._note(f"{self._which(task)}warning: {warning}".replace("\n ", ""))
                if self._trials == 1:
                    warnings.warn(str(warning), UserWarning, stacklevel=2)

    def _warn_of_all(self) -> None:
        """For several trials, warns once for each kind of finding, with the number of trials."""
        if self._trials > 1:
            for finding in noticed(self.run):
                warnings.warn(str(finding), UserWarning, stacklevel=2)

    def _note(self, text: str) -> None:
        """Adds a line to the log; a failure to write the log does not end the run."""
        log = self.run.path / "log.txt"
        with (
            contextlib.suppress(OSError),
            log.open("a", encoding="utf-8", errors="backslashreplace") as file,
        ):
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {printable(text)}\n")


def _length(position: Mapping[str, int]) -> str:
    epochs, updates = position["epochs"], position["updates"]
    if updates == 1:
        return "one step"
    done = f", {position['update']} of them done" if position["update"] else ""
    return f"{epochs} epochs, {updates} updates{done}"


def begin(watch: Callable[[Mapping[str, Any]], object], state: Mapping[str, Any]) -> None:
    """Calls the method ``begin`` of a watch, if it has one, before the first update of a stage."""
    if hasattr(watch, "begin"):
        watch.begin(state)
