"""What the trials of a run came to: each by itself, and their mean and spread."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from harmonium.describe.recipe import Recipe

__all__ = ["summary"]


def summary(results: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
    """Trials as they came out, and mean, standard deviation and number by method and name."""
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
            method: {name: _spread(found) for name, found in numbers.items()}
            for method, numbers in values.items()
        },
    }


def _spread(values: Sequence[float]) -> dict[str, float | int | None]:
    x = torch.tensor(values, dtype=torch.float64)
    deviation = float(x.std()) if len(x) > 1 else None
    return {"mean": float(x.mean()), "sd": deviation, "n": len(x)}
