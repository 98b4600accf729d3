"""The figure of a run on its validation rows."""

import dataclasses
from typing import Any

import torch

from harmonium.apply import Trained
from harmonium.describe import Recipe, build
from harmonium.errors import UsageError
from harmonium.figures import figure, is_result
from harmonium.runs import Run
from harmonium.stages.plan import trial as make_trial

__all__ = ["judged"]


def judged(run: Run, recipe: Recipe) -> dict[str, float]:
    """Every result of the recipe's judges on the validation rows of a run, means over its trials.

    The rows take the place of the test rows, which nothing looks at.

    Args:
        run: a finished run.
        recipe: with the judges.

    Raises:
        ValueError: the run has no validation rows.
    """
    found: list[dict[str, Any]] = []
    for number in range(recipe.repeats):
        used = Trained(run, number)
        data = dataclasses.replace(build(used.recipe.data.source), test=None)
        made = make_trial(used.recipe, data, number=number, device=torch.device("cpu"))
        if made.data.validation is None:
            raise UsageError("there are no validation rows: set data.validation to a share")
        made.models.clear()
        made.models.update(used.models)
        made.data = dataclasses.replace(made.data, test=made.data.validation)
        results: dict[str, Any] = {}
        for component in recipe.judge:
            results |= build(component)(made)
        found.append(results)
    names = [n for n in found[0] if all(isinstance(r.get(n), int | float) for r in found)]
    return {
        name: sum(float(r[name]) for r in found) / len(found)
        for name in names
        if is_result(name) or figure(name).better is not None
    }
