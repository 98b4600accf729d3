"""``harmonium.train``: trains a recipe, which makes a run; also used by the command line."""

import contextlib
import dataclasses
import json
import math
import os
import platform
import shlex
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy
import torch

import harmonium
from harmonium.ambient import neutrally, process_settings
from harmonium.data import DataSet, inspect
from harmonium.describe import Recipe, build, dump, load, resolve
from harmonium.describe.builtin import find_recipe
from harmonium.describe.quick import few, quick
from harmonium.describe.summary import summary
from harmonium.errors import RunError
from harmonium.learning import ranks
from harmonium.revision import revision
from harmonium.runs import Run
from harmonium.runs.directory import locked
from harmonium.runs.engine import Checkpoints, Engine, begin
from harmonium.runs.identity import check_identity
from harmonium.runs.saved import place_to_go_on, read_state
from harmonium.runs.signals import Interrupted
from harmonium.runs.trackers import Trackers
from harmonium.stages.plan import plan
from harmonium.stages.trial import Trial
from harmonium.stages.turns import Turn

__all__ = ["dry_run", "train"]

Watch = Callable[[Mapping[str, Any]], object]

_REPORTING = {
    **{"trial": 0, "trials": 1, "stage": "report", "findings": 0},
    **{"epoch": 1, "epochs": 1, "update": 0, "updates": 1},
}
"""State that a watch receives while the report is made."""


@neutrally
def train(
    recipe: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    *overrides: str,
    resume: str | os.PathLike[str] | None = None,
    output: str | os.PathLike[str] | None = None,
    fast_dev_run: bool = False,
    watch: Watch | None = None,
) -> Run:
    """Trains a recipe in a new directory, or resumes a run that was stopped.

    Args:
        recipe: a file, the name of a built-in recipe, or the content of a file as a mapping; None
            with ``resume``.
        *overrides: ``key.sub=value``, such as ``train.epochs=5``.
        resume: a run's directory, or one of its checkpoints.
        output: parent of the run's directory; by default as in the recipe.
        fast_dev_run: run every stage, judge, baseline and the report on a few rows.
        watch: called after every update with "trial", "trials", "stage", "findings", "epoch",
            "epochs", "update" and "updates". If it has a method ``begin``, this is called with the
            same before each stage and before the report.

    Returns:
        The run: ``run.results``, ``run.machine()``, ``run.metrics()``.

    Raises:
        RecipeError: the recipe has problems; all are listed.
        ValueError: data and recipe do not fit; or a run cannot be resumed, because it is done, its
            data or recipe changed, or the checkpoint is damaged or of another run.
        Locked: another process is working on this run.
        Interrupted: Ctrl-C, SIGTERM or SIGHUP; everything is saved.
        FloatingPointError: learning diverged; the last good checkpoint is kept.
        OSError: the directory cannot be written.
    """
    if resume is not None:
        if recipe is not None or overrides or fast_dev_run:
            raise RunError("a run goes on as it began: give resume alone, or start a new run")
        with ranks.joined():
            place = Path(resume)
            file = place.suffix == ".safetensors"
            run = Run.open(place.parent.parent if file else place)
            with _held(run):  # the previous process may have continued the run, even to its end
                return _again(run, place if file else None, watch=watch)
    if recipe is None:
        raise RunError("give a recipe, or a run to resume")
    chosen = resolve(load(recipe, overrides))
    given = _as_given(recipe)
    with ranks.joined(), _settings(chosen) as device:
        chosen = dataclasses.replace(chosen, seed=ranks.agreed(chosen.seed))
        dataset, used = _dataset(chosen), chosen
        if fast_dev_run:
            used = quick(chosen)
            dataset = few(dataset, used)
        tasks = _tasks(used, dataset, device=device)
        environment = _environment(used, dataset, device=device)
        environment["fast_dev_run"] = fast_dev_run
        files = {
            "recipe.yaml": given,
            "recipe.resolved.yaml": dump(used),
            "command.txt": _command() + "\n",
            "log.txt": "",
            "environment.json": json.dumps(environment, indent=2) + "\n",
        }
        make = partial(Run.create, name=used.name, files=files)
        ranks.check_same({"recipe": dump(used), "data": environment["data"]})
        run = ranks.agreed(None if ranks.world().rank else make(output or used.output))
        with _held(run):
            return _go(run, used, tasks=tasks, watch=watch)


@neutrally
def dry_run(recipe: str | os.PathLike[str] | Mapping[str, Any], *overrides: str) -> dict[str, Any]:
    """Builds and checks a whole recipe on its data without writing anything.

    Returns:
        "name", "data", "warnings", "device", "parameters" (number), "trials" and "stages", each
        with "stage", "epochs" and "updates" of one trial.

    Raises:
        RecipeError: the recipe has problems; all are listed.
        ValueError: data and recipe do not fit.
    """
    chosen = resolve(load(recipe, overrides))
    with _settings(chosen) as device:
        dataset = _dataset(chosen)
        tasks = plan(chosen, dataset, device=device)
        first_trial = tasks[0].workspace
        parameters = sum(p.numel() for p in first_trial.models["machine"].parameters())
        stages = []
        for task in tasks:
            if task.trial == 0:  # the other trials have the same stages
                place = task.build().position
                each = {"epochs": place["epochs"], "updates": place["updates"]}
                stages.append({"stage": task.name, **each})
        return {
            "name": chosen.name,
            "data": repr(dataset),
            "warnings": _warnings(first_trial.data, _growth(first_trial)),
            "device": str(device),
            "parameters": parameters,
            "trials": chosen.repeats,
            "stages": stages,
        }


def _again(run: Run, asked: Path | None, *, watch: Watch | None) -> Run:
    if ranks.agreed(run.status["status"]) == "done":
        if not (run.path / "report.html").is_file():  # process killed while it made the report
            if not ranks.world().rank:
                _report(run, None)
            return run
        raise RunError(
            f"{run.path}: this run is done, there is nothing to go on with; start another with "
            f"`harmonium train {shlex.quote(str(run.path / 'recipe.resolved.yaml'))}`"
        )
    saved = place_to_go_on(run.path, asked)
    if saved is not None:
        check_identity(run, read_state(saved), place=saved)
    recipe = load(run.path / "recipe.resolved.yaml")
    environment = run.environment
    with _settings(recipe) as device:
        dataset = _dataset(recipe)
        if environment.get("fast_dev_run"):
            dataset = few(dataset, recipe)
        before, now = str(environment.get("data")), dataset.fingerprint()
        ranks.check_same({"recipe": dump(recipe), "data": now})
        if before != now:
            raise RunError(
                f"{run.path}: the data are not those that the run began with (fingerprint "
                f"{before[:12]}, now {now[:12]}): bring the old data back, or start a new run"
            )
        _compare_surroundings(environment, device=device)
        tasks = _tasks(recipe, dataset, device=device)
        return _go(run, recipe, tasks=tasks, watch=watch, saved=saved)


def _compare_surroundings(then: Mapping[str, Any], *, device: torch.device) -> None:
    """Warns if torch, device, threads or processes changed: the last bits may then differ."""
    now = _surroundings(device)
    for name, value in now.items():
        if name in then and then[name] != value:
            warnings.warn(
                f"the run began with {name} {then[name]} and goes on with {value}, so its numbers "
                f"may differ in the last bits from those of a run that was never stopped; remedy: "
                f"go on with the same {name}",
                UserWarning,
                stacklevel=3,
            )


def _surroundings(device: torch.device) -> dict[str, Any]:
    return {
        "torch": torch.__version__,
        "device": str(device),
        "threads": torch.get_num_threads(),
        "processes": ranks.world().size,
    }


def _held(run: Run) -> contextlib.AbstractContextManager[None]:
    """Locks the run for this process; of several processes, the first holds the lock."""
    return contextlib.nullcontext() if ranks.world().rank else locked(run.path)


def _go(
    run: Run,
    recipe: Recipe,
    *,
    tasks: list[Turn],
    watch: Watch | None,
    saved: Path | None = None,
) -> Run:
    if ranks.world().rank:
        return _follow(run, recipe, tasks=tasks, saved=saved)
    trackers = Trackers([build(t) for t in recipe.track])
    engine = Engine(
        run,
        tasks,
        checkpoints=_checkpoints(recipe),
        trackers=trackers,
        watch=watch,
        summary=partial(summary, recipe=recipe),
    )
    ranks.wait()
    engine.go(resume=saved)
    if watch is not None:
        begin(watch, _REPORTING)
    _report(run, tasks[0].workspace.data)
    return run


def _follow(run: Run, recipe: Recipe, *, tasks: list[Turn], saved: Path | None) -> Run:
    """Runs the part of the other processes: the same work, with its files discarded."""
    with tempfile.TemporaryDirectory(prefix="harmonium-") as folder:
        shadow = Run.create(folder, run.path.name)
        if saved is not None:
            for name in ("metrics.jsonl", "status.json", "recipe.resolved.yaml"):
                shutil.copy(run.path / name, shadow.path)
            saved = Path(shutil.copy(saved, shadow.path))
        ranks.wait()  # the first process may overwrite the copied files from here on
        engine = Engine(shadow, tasks, checkpoints=_checkpoints(recipe))
        try:
            engine.go(resume=saved)
        except Interrupted as error:  # only the first process says where it saved
            raise Interrupted("stopped with the first process") from error
    return run


def _checkpoints(recipe: Recipe) -> Checkpoints:
    return Checkpoints(**dataclasses.asdict(recipe.checkpoint))


def _report(run: Run, data: DataSet | None) -> None:
    """Writes the report; a failure gives a warning, and the run is still valid."""
    try:
        from harmonium.report import write_run

        if data is not None:  # models are read onto the CPU
            cpu = torch.device("cpu")
            data = data.each(lambda split: split.to(cpu, split.x.dtype))
        write_run(run, data=data)
    except Exception as error:
        warnings.warn(
            f"the run is done, but its report failed ({error!r}); try again with "
            f"`harmonium report {shlex.quote(str(run.path))}`",
            RuntimeWarning,
            stacklevel=3,
        )


# --- what surrounds a run -------------------------------------------------------------------


@contextlib.contextmanager
def _settings(recipe: Recipe) -> Iterator[torch.device]:
    """Context with the recipe's device, threads and determinism; restores them afterwards."""
    name = recipe.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and ranks.world().size > 1:
        name = f"cuda:{os.environ.get('LOCAL_RANK') or 0}"
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise RunError(f"device: {name}, but torch finds no CUDA device here: use device=auto")
    if recipe.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    with process_settings(threads=recipe.threads, deterministic=recipe.deterministic):
        yield device


def _dataset(recipe: Recipe) -> DataSet:
    dataset: DataSet = build(recipe.data.source)
    return dataset


def _tasks(recipe: Recipe, dataset: DataSet, *, device: torch.device) -> list[Turn]:
    tasks = plan(recipe, dataset, device=device)
    first_trial = tasks[0].workspace
    for text in _warnings(first_trial.data, _growth(first_trial)):
        warnings.warn(text, UserWarning, stacklevel=3)
    return tasks


def _growth(made: Trial) -> str:
    """Growth of the energy of the visible units; "finite" for a model without one."""
    return getattr(made.models["machine"], "growth", "finite")


def _warnings(data: DataSet, growth: str) -> list[str]:
    """Warnings of the data's checks; those of unscaled values only if values are unbounded."""
    return inspect(data, low=None if growth == "quadratic" else -math.inf)


def _as_given(recipe: str | os.PathLike[str] | Mapping[str, Any]) -> str:
    if isinstance(recipe, Mapping):
        return json.dumps(recipe, indent=2) + "\n"  # JSON is valid YAML
    return find_recipe(recipe).read_text(encoding="utf-8")


def _command() -> str:
    """The command as typed, without the folder of the program."""
    program, *rest = sys.argv
    name = Path(program).name
    start = ["python", "-m", "harmonium"] if name == "__main__.py" else [name]
    return shlex.join([*start, *rest])


def _environment(recipe: Recipe, dataset: DataSet, *, device: torch.device) -> dict[str, Any]:
    return {
        "harmonium": harmonium.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "commit": revision(Path.cwd()),
        **_surroundings(device),
        "seed": recipe.seed,
        "data": dataset.fingerprint(),
        "shape": list(dataset.shape),
        "classes": list(dataset.classes),
        "features": list(dataset.features),
        **({"targets": list(dataset.targets)} if dataset.targets else {}),
    }
