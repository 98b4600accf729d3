"""A run: one directory, whose content is read through attributes."""

from __future__ import annotations

import math
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonium.errors import RunError
from harmonium.files import write_whole
from harmonium.runs.directory import is_unbegun, new_directory, read_json, regular, write_json
from harmonium.runs.identity import read_recipe
from harmonium.runs.records import Record, check_finding, check_rows, read_rows, records
from harmonium.runs.status import at_work, new_status, read_status

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.graph import EnergyGraph
    from harmonium.machines import BeliefNet

__all__ = ["Run"]


@dataclass(frozen=True)
class Run:
    """A finished or current run. Reading it needs no torch, except for its tensors."""

    path: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path))

    @classmethod
    def create(
        cls, parent: str | os.PathLike[str], name: str, *, files: Mapping[str, str] | None = None
    ) -> Run:
        """Makes a new directory below ``parent/name``; existing runs are never overwritten.

        Args:
            parent: made if it does not exist.
            name: of the folder below.
            files: name -> text, such as "recipe.yaml".

        Raises:
            OSError: the directory cannot be written.
        """
        run = cls(new_directory(parent, name))
        for file, text in (files or {}).items():
            write_whole(run.path / file, text)
        run.mark("running")
        return run

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Run:
        """Opens the run in a directory.

        Raises:
            FileNotFoundError: the directory holds no run.
            ValueError: a later version of harmonium wrote it.
        """
        run = cls(Path(path))
        if not regular(run.path / "status.json"):
            if is_unbegun(run.path):
                raise RunError(
                    f"{path}: its process ended before the run began; remove it with "
                    "`harmonium runs rm` and start anew"
                )
            raise FileNotFoundError(
                f"{path}: no run here (no status.json); give the directory that holds it"
            )
        read_status(run.path / "status.json")
        return run

    # --- how it goes ---------------------------------------------------------------------------

    @property
    def status(self) -> dict[str, Any]:
        """Current status: "status" (running, done, failed, interrupted), "started", "reason", ...

        A run with the status "running" that no process holds was killed: "interrupted" is
        returned.

        Raises:
            ValueError: the file is damaged; the message names it.
        """
        status = read_status(self.path / "status.json")
        status["resume"] = self.resume_command  # with the present path of the run
        if status["status"] == "running" and not at_work(self.path, status):
            status |= {"status": "interrupted", "reason": "the process ended without a word"}
        return status

    @property
    def identity(self) -> str | None:
        """Identifier that this run and its copies share; None for an old run."""
        return self.status.get("run")

    def mark(self, status: str, *, reason: str | None = None) -> None:
        """Writes the status: "running", "done", "failed" or "interrupted", and the reason."""
        place = self.path / "status.json"
        old = read_status(place) if regular(place) else {}
        write_json(
            place, {**new_status(old, status, reason=reason), "resume": self.resume_command}
        )

    @property
    def resume_command(self) -> str:
        """Command that resumes the run, quoted for the shell."""
        place = str(self.path)
        place = f"./{place}" if place.startswith("-") else place  # otherwise read as an option
        return shlex.join(["harmonium", "train", "--resume", place])

    # --- what is written -----------------------------------------------------------------------

    @property
    def recipe(self) -> dict[str, Any]:
        """The resolved recipe with every default; empty for a run made from Python code.

        Raises:
            ValueError: the file is damaged.
        """
        place = self.path / "recipe.resolved.yaml"
        return read_recipe(place) if regular(place) else {}

    @property
    def environment(self) -> dict[str, Any]:
        """Versions, device, threads, seed and fingerprint of the data.

        Raises:
            FileNotFoundError: the run was made from Python code and has no such file.
            ValueError: the file is damaged.
        """
        return read_json(self.path / "environment.json")

    @property
    def results(self) -> dict[str, Any]:
        """Results so far (``results.json``); empty before the first task is done.

        Raises:
            ValueError: the file is damaged.
        """
        place = self.path / "results.json"
        return read_json(place) if regular(place) else {}

    def metrics(self) -> list[dict[str, Any]]:
        """Rows with "trial", "stage", "epoch", "update" and the numbers of that epoch.

        Raises:
            ValueError: a row is damaged; the message gives its line.
        """
        place = self.path / "metrics.jsonl"
        return check_rows(read_rows(place), place)

    def findings(self) -> list[dict[str, Any]]:
        """Problems that the run found, in order, each with "kind", "found" and "remedy".

        Each also has "trial", "stage" and "epoch" (None for a judge). A problem that persists is
        listed at every check.
        """
        findings = [
            {"trial": row["trial"], "stage": row["stage"], "epoch": row["epoch"], **finding}
            for row in self.metrics()
            for finding in row.get("findings", ())
        ]
        try:
            for number, trial in enumerate(self.results.get("trials", ())):
                for numbers in trial["methods"].values():
                    place = {"trial": number, "stage": "judge", "epoch": None}
                    findings += [
                        {**place, **check_finding(f)} for f in numbers.get("findings", ())
                    ]
        except (LookupError, TypeError, AttributeError) as error:
            file = self.path / "results.json"
            raise RunError(
                f"{file}: not the results of a run ({error!r}); copy it again"
            ) from error
        return findings

    def records(self) -> list[Record]:
        """Small tensors saved after some epochs, for pictures, in the order of the stages."""
        stages = dict.fromkeys(row["stage"] for row in self.metrics())
        return records(self.path / "records", stages=list(stages))

    # --- what was learned ----------------------------------------------------------------------

    def machine(self, trial: int = 0) -> EnergyGraph | BeliefNet:
        """The trained machine before fine-tuning, or the trained net if the model is a net.

        Raises:
            FileNotFoundError: the machine of this trial is not finished.
        """
        from harmonium.storage import load

        return load(self._model(trial, "machine"))

    def trajectory(self, trial: int = 0, *, stage: str = "train") -> list[EnergyGraph]:
        """The machine at the checkpoints kept for good (``log_spaced``), the oldest first.

        The trained machine comes last. ``sampling.log_z_along`` takes them as rungs.

        Raises:
            FileNotFoundError: the stage has no such checkpoint, or its machine is not finished.
            ValueError: the machine is a stack of graphs, not a single graph.
        """
        import copy

        import torch

        from harmonium.runs.saved import fitting, read_state

        machine: Any = self.machine(trial)
        if len(machine.graphs) > 1:
            raise RunError(
                f"{self.path}: the model is no single energy graph; ask for those of an RBM"
            )
        machines = []
        for path in sorted((self.path / "checkpoints").glob("step-*.safetensors")):
            saved = read_state(path)
            if saved.get("run") != self.identity:
                raise RunError(f"{path}: a checkpoint of another run; remove it from here")
            if (saved["trial"], saved["name"]) == (trial, stage):
                graph = copy.deepcopy(machine)
                with fitting(path):
                    models = saved["workspace"].get("models", saved["workspace"])
                    graph.load_state_dict(models["machine"])
                machines.append(graph)
        if not machines:
            raise FileNotFoundError(
                f"{self.path}: no checkpoints of trial {trial}, {stage}, along the way; train "
                "with checkpoint.log_spaced=20"
            )
        last = machine.state_dict()
        if all(torch.equal(x, last[name]) for name, x in machines[-1].state_dict().items()):
            machines.pop()
        return [*machines, machine]

    def net(self, trial: int = 0) -> Any:  # noqa: ANN401
        """The net that a stage made of the machine, with what later stages learned.

        A classifier gives logits, ``(B, D) -> (B, classes)``; an unrolled autoencoder is a net of
        ``harmonium.nets``.

        Raises:
            FileNotFoundError: the net of this trial is not finished, or the recipe has no net.
            ValueError: its file is damaged, or does not fit the machine.
        """
        from harmonium.bridge import unroll
        from harmonium.parameters import ABSURD
        from harmonium.storage import load

        path = self._model(trial, "net")
        tensors, about = _tensors(path, most=ABSURD)
        if "harmonium" in about:
            return load(path)
        machine = self.machine(trial)
        try:
            outputs = int(about["outputs"])
            if not any(outputs == len(x) for x in tensors.values() if x.ndim == 1):
                raise RunError(f"no layer of {outputs} outputs")
            net = unroll(machine, outputs=outputs)
            net.load_state_dict(tensors)
        except (LookupError, RuntimeError, ValueError) as error:
            raise RunError(
                f"{path}: no net of the machine beside it ({error}); copy the run again"
            ) from error
        return net

    def transforms(self, trial: int = 0) -> dict[str, Tensor]:
        """Statistics of the data's transforms, from the training rows: "0.mean", ..."""
        return _tensors(self._model(trial, "transforms"), most=math.inf)[0]

    def _model(self, trial: int, what: str) -> Path:
        path = self.path / "models" / f"{trial}-{what}.safetensors"
        if not path.is_file():
            there = sorted(p.stem for p in path.parent.glob("*.safetensors"))
            raise FileNotFoundError(
                f"{path}: not there{'; there are ' + ', '.join(there) if there else ' yet'}: "
                "let the run finish, or ask for another trial or another model (machine() is the "
                "model of the recipe)"
            )
        return path


def _tensors(path: Path, *, most: float) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Reads tensors and header notes of a safetensors file.

    Raises:
        ValueError: the file is damaged, has another format, or has values that are not valid.
    """
    from harmonium.parameters import check_parameters
    from harmonium.runs.checkpoint import read_tensors

    tensors, about = read_tensors(path)
    check_parameters(tensors, path, most=most)
    return tensors, about
