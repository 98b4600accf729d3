"""Summary of the trials of a run: each alone, and their mean and spread."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from harmonium.describe.recipe import Recipe

__all__ = ["summary"]


def summary(results: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
    """Results by trial; mean, standard deviation and number of trials by method and name."""
    values: dict[str, dict[str, list[float]]] = {}
    for methods in results.values():
        for method, numbers in methods.items():
            for name, value in numbers.items():
                if isinstance(value, float):
                    values.setdefault(method, {}).setdefault(name, []).append(value)
    seed = recipe.seed or 0
    return {
        "trials": [{"seed": seed + int(n), "methods": m} for n, m in results.items()],
        "summary": {
            method: {name: _spread(trial_values) for name, trial_values in numbers.items()}
            for method, numbers in values.items()
        },
    }


def _spread(values: Sequence[float]) -> dict[str, float | int | None]:
    x = torch.tensor(values, dtype=torch.float64)
    deviation = float(x.std()) if len(x) > 1 else None
    return {"mean": float(x.mean()), "sd": deviation, "n": len(x)}
