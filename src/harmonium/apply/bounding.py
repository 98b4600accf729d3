"""Lower bounds on the log-likelihood of rows, for models with a drawn code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from harmonium.apply.trained import BATCH, Trained
from harmonium.data import Examples, Rows, mapped
from harmonium.describe import build
from harmonium.errors import UsageError
from harmonium.random import generator
from harmonium.runs import Run
from harmonium.stages.trial import TEST_DRAW

__all__ = ["bounds"]


def bounds(
    run: Run | Trained,
    *,
    samples: int = 1000,
    seed: int = 54321,
    others: Mapping[str, Examples] | None = None,
) -> dict[str, Any]:
    """Mean lower bounds on the log-likelihood of rows, in nats per row.

    A batch transform is drawn once, from the seed that judges use.

    Args:
        run: a run that has finished its training.
        samples: of the code, for each row.
        seed: of these samples.
        others: rows by name, before the transforms, instead of the run's test rows (or training
            rows, where it has none).

    Returns:
        "samples", "seed" and "rows": name -> "count", "elbo", "importance_weighted", standard
        errors of both over the rows ("elbo_stderr" and so on), and "gap", the mean difference.

    Raises:
        ValueError: the run's model has no such bound, samples is below 1, or rows do not fit.
    """
    trained = run if isinstance(run, Trained) else Trained(run)
    model = trained.able("bounded")
    if samples < 1:
        raise UsageError(f"samples is {samples}: at least 1 is needed")
    if others is None:
        own = trained.dataset().splits()
        name = "test" if "test" in own else "train"
        others = {name: own[name]}
    source = generator(seed, model.device)
    rows = {
        name: _figures(trained, model, rows=_seen(trained, split), samples=samples, source=source)
        for name, split in others.items()
    }
    return {"method": "bound", "samples": samples, "seed": seed, "rows": rows}


def _seen(trained: Trained, split: Examples) -> Rows:
    """Transformed rows, drawn once where the recipe draws its rows."""
    x, draw = trained.all(split), trained.recipe.data.draw
    if draw is None:
        return x
    drawn = partial(build(draw), source=generator(TEST_DRAW, x.device))
    return mapped(x, drawn, each=x.shape[1:])


def _figures(
    trained: Trained,
    model: Any,  # noqa: ANN401
    *,
    rows: Rows,
    samples: int,
    source: torch.Generator,
) -> dict[str, float]:
    """Means and standard errors of both bounds over rows ``(N, D)``."""
    parts: list[dict[str, Tensor]] = []
    for at in range(0, len(rows), BATCH):
        batch = trained.shaped(rows[at : at + BATCH], model)
        parts.append(model.bounds(batch, samples=samples, source=source))
    figures: dict[str, float] = {"count": len(rows)}
    for name in ("elbo", "importance_weighted"):
        values = torch.cat([part[name] for part in parts]).double()
        spread = float(values.std()) if len(values) > 1 else float("nan")
        figures |= {name: float(values.mean()), f"{name}_stderr": spread / len(values) ** 0.5}
    return {**figures, "gap": figures["importance_weighted"] - figures["elbo"]}
