"""Reads a run's data again, as its stages received them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.errors import UsageError

if TYPE_CHECKING:
    from harmonium.data import DataSet
    from harmonium.describe import Recipe
    from harmonium.runs import Run
    from harmonium.stages.trial import Trial

__all__ = ["begun", "prepared"]


def prepared(run: Run, trial: int = 0) -> DataSet:
    """Rows, splits and used labels of one trial, after the transforms, on the CPU.

    Raises:
        OSError: the data cannot be read here.
        ValueError: the data differ from those that the run learned from, or its recipe is damaged.
    """
    return begun(run, trial).data


def begun(run: Run, trial: int = 0) -> Trial:
    """One trial of a run before its training, on the CPU: its data and its untrained models.

    Raises:
        OSError: the data cannot be read here.
        ValueError: the data differ from those that the run learned from, or its recipe is damaged.
    """
    import torch

    from harmonium.describe import load
    from harmonium.describe.quick import few
    from harmonium.stages.plan import trial as new_trial

    recipe = load(run.path / "recipe.resolved.yaml")
    dataset = _read(recipe)
    if run.environment.get("fast_dev_run"):
        dataset = few(dataset, recipe)
    here, then = dataset.fingerprint(), run.environment.get("data")
    if then and then != here:
        message = (
            f"the data here have the fingerprint {here[:12]}, those of the run had {then[:12]}: "
            "bring the old data back to see pictures of them"
        )
        raise UsageError(message)
    return new_trial(recipe, dataset, number=trial, device=torch.device("cpu"))


def _read(recipe: Recipe) -> DataSet:
    from harmonium.data import ImageSet
    from harmonium.describe import build

    loaded = build(recipe.data.source)
    return loaded.dataset() if isinstance(loaded, ImageSet) else loaded
