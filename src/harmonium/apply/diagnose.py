"""Diagnoses a net: how gradients and activities pass through its layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harmonium.data import ImageSet
from harmonium.describe import Recipe, build, load
from harmonium.errors import UsageError
from harmonium.learning import Training
from harmonium.learning.net_findings import net_findings
from harmonium.needs import Needs
from harmonium.report import write
from harmonium.report.diagnose_page import COLUMNS, Look, diagnose_page, layer_rows
from harmonium.report.figures import save_figures, with_bytes
from harmonium.report.prepared import begun
from harmonium.runs import Run
from harmonium.runs.saved import fitting, read_state
from harmonium.stages.plan import parts_of
from harmonium.stages.plan import trial as new_trial
from harmonium.stages.trial import Trial
from harmonium.watch import FlowWatch

__all__ = ["Diagnosis", "diagnose_recipe", "diagnose_run"]


PAGE = "diagnose.html"

_LAYERED = ("encodes", "continues", "detects", "tags", "transduces")
"""Abilities of nets with hidden layers."""


@dataclass(frozen=True)
class Diagnosis:
    """A net at one or several times of its training.

    Args:
        name: of the recipe or run.
        stage: name of the part of the recipe that trains the net, such as "fine_tune".
        looks: from the earliest to the latest.
        rows: the training rows that were measured, ``(B, D)``.
        shape: of an example.
    """

    name: str
    stage: str
    looks: Sequence[Look]
    rows: Tensor
    shape: tuple[int, ...]

    def document(self) -> dict[str, Any]:
        """All figures as plain values, for JSON."""
        return {
            "name": self.name,
            "stage": self.stage,
            "rows": len(self.rows),
            "looks": [
                {
                    "name": look.name,
                    "updates": look.updates,
                    "loss": look.flow.loss,
                    "loss_of_constant_outputs": look.flow.constant,
                    "gradient_ratio": look.flow.ratio,
                    "lags": {name: [*norms] for name, norms in look.flow.lags.items()},
                    "layers": [dataclasses.asdict(layer) for layer in look.flow.layers],
                    "findings": [dataclasses.asdict(finding) for finding in look.findings],
                }
                for look in self.looks
            ],
        }

    def table(self) -> tuple[tuple[str, ...], list[list[object]]]:
        """Head and rows of the table of layers, at the last look."""
        return COLUMNS, layer_rows(self.looks[-1])

    def write(self, folder: Path, *, overwrite: bool = True) -> tuple[Path, list[Path]]:
        """Writes ``diagnose.html`` and its pictures to a folder; returns their paths.

        Raises:
            FileExistsError: the folder has such a page, and ``overwrite`` is False.
            OSError: the folder cannot be written.
        """
        if (folder / PAGE).exists() and not overwrite:
            raise FileExistsError(f"{folder / PAGE}: there already; --overwrite replaces it")
        page = diagnose_page(self.looks, title=self.name, rows=self.rows, shape=self.shape)
        drawn = with_bytes(page)
        folder.mkdir(parents=True, exist_ok=True)
        return write(drawn, folder / PAGE), save_figures(drawn, folder)


def diagnose_recipe(recipe: Recipe, *, updates: int = 0) -> Diagnosis:
    """Diagnoses the net of a recipe before its training, and after some updates if wanted.

    A net that is unrolled from a machine is that of the machine before its pre-training.

    Args:
        recipe: resolved, with a seed.
        updates: number of updates of the stage that trains the net.

    Raises:
        ValueError: the model is no net, has a single layer, or does not fit the data.
        FileNotFoundError: the data are not on this computer.
    """
    source = build(recipe.data.source)
    dataset = source.dataset() if isinstance(source, ImageSet) else source
    trial = new_trial(recipe, dataset, number=0, device=torch.device("cpu"))
    name, training, watch = _learning(trial)
    looks = [_look(watch, "before training", updates=0)]
    for _ in range(min(updates, training.position["updates"])):
        training.update()
    if training.updates:
        training.check()
        looks.append(_look(watch, _after(training.updates), updates=training.updates))
    return Diagnosis(recipe.name, name, looks, _flat(watch), tuple(trial.data.shape))


def diagnose_run(run: Run, *, trial: int = 0) -> Diagnosis:
    """Diagnoses the net of a run: at its start, at the checkpoints that exist, and at its end.

    Nothing is written to the run.

    Args:
        run: finished, interrupted or in progress.
        trial: number of the trial.

    Raises:
        ValueError: the model is no net, has a single layer, or the data differ from those of the
            run.
        FileNotFoundError: the data are not on this computer, or there is no such trial.
    """
    recipe = load(run.path / "recipe.resolved.yaml")
    if trial >= recipe.repeats:
        raise UsageError(f"trial {trial}: the run has {recipe.repeats}, numbered from 0")
    made = begun(run, trial)
    finished = (run.path / "models" / f"{trial}-machine.safetensors").is_file()
    if finished and _unrolls(recipe):
        made.models["machine"].restore(run.machine(trial).state_dict())
    name, training, watch = _learning(made)
    looks = [_look(watch, "before training", updates=0)]
    last = -1
    for updates, state in _checkpoints(run, trial=trial, stage=name):
        if updates > max(last, 0):
            training.load_state_dict(state)
            looks.append(_look(watch, _after(updates), updates=updates))
            last = updates
    if (net := _final(run, trial=trial, unrolls=_unrolls(recipe))) is not None:
        watch.net.load_state_dict(net)
        watch.optimiser = None  # its state at the end is not kept
        rows = [r for r in run.metrics() if (r["trial"], r["stage"]) == (trial, name)]
        trained = rows[-1]["update"] if rows else None
        if trained == last:
            looks.pop()
        looks.append(_look(watch, "at the end", updates=trained))
    return Diagnosis(str(run.path), name, looks, _flat(watch), tuple(made.data.shape))


def _learning(trial: Trial) -> tuple[str, Training, FlowWatch]:
    """The last part that trains the layers of a net, with the watch that measures them.

    Raises:
        ValueError: there is none; the message gives the reason.
    """
    parts = parts_of(trial)
    layered = [trial.unmet_later(Needs(model=("net", able))) for able in _LAYERED]
    if all(layered):
        raise UsageError(str(layered[0]))
    for part in reversed(parts):
        training = part.build()
        watch = next((w for w in training.watches if isinstance(w, FlowWatch)), None)
        if watch is not None:
            if not watch.look().hidden:
                raise UsageError(
                    "the net has a single layer, so there are no gradients between layers to "
                    "compare: give it hidden layers"
                )
            return part.name, training, watch
    raise UsageError(
        "no stage of the recipe trains a net by gradient descent: add a supervised stage"
    )


def _look(watch: FlowWatch, name: str, *, updates: int | None) -> Look:
    measured = watch.look()
    return Look(name, updates, measured, net_findings(measured, updates=updates or 0))


def _after(updates: int) -> str:
    return f"after {updates} update{'s' * (updates > 1)}"


def _flat(watch: FlowWatch) -> Tensor:
    return watch.batch["x"].flatten(1)


def _unrolls(recipe: Recipe) -> bool:
    return any("net" in stage.makes for stage in recipe.learning().values())


def _checkpoints(run: Run, *, trial: int, stage: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number of updates and state of the training at the checkpoints, the earliest first."""
    states = []
    for path in (run.path / "checkpoints").glob("*.safetensors"):
        saved = read_state(path)
        place = (saved.get("run"), saved["trial"], saved["name"])
        if place == (run.identity, trial, stage) and saved["stage"] is not None:
            with fitting(path):
                states.append((int(saved["stage"]["updates"]), saved["stage"]))
    yield from sorted(states, key=lambda pair: pair[0])


def _final(run: Run, *, trial: int, unrolls: bool) -> dict[str, Tensor] | None:
    """Parameters of the net at the end of its training; None before that."""
    name = "net" if unrolls else "machine"
    if not (run.path / "models" / f"{trial}-{name}.safetensors").is_file():
        return None
    state: dict[str, Tensor] = (run.net(trial) if unrolls else run.machine(trial)).state_dict()
    return state
