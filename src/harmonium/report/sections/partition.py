"""log Z from both sides, which shows the precision of the run's likelihoods."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from harmonium.figures import figure
from harmonium.report.charts import bars
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY", "section"]

_FORWARD, _REVERSE = "log_z_forward", "log_z_reverse"
_WORDS = {_FORWARD: "forward, from independent units", _REVERSE: "reverse, from the model's end"}


def section(evidence: Evidence) -> Section | str:
    """Section of log Z of the shown trial with its interval, or the reason why there is none."""
    results = _found(evidence)
    if not results:
        return "no judge has estimated log Z"
    if results.get("log_z_exact") is True:
        return Section("log Z", [_exactly(results)])
    rows = [_row(results, side) for side in _WORDS if side in results]
    table = Table(
        columns=["estimate", "log Z", "standard error", "effective sample size"],
        rows=rows,
        specs={"log Z": ".3f", "standard error": ".2g", "effective sample size": ".1f"},
        caption="log Z in nats. The effective sample size lies between 1 (one run decides) and "
        "the number of runs.",
    )
    parts: list[str | Table | Picture] = [_told(results), table]
    if len(rows) > 1:
        points = {_WORDS[s].partition(",")[0]: (results[s], _error(results, s)) for s in _WORDS
                  if s in results}  # fmt: skip
        drawn = bars(points, x_label=figure("log_z").axis, title="log Z from both sides",
                     from_zero=False, spec=".2f")  # fmt: skip
        estimates = ", ".join(
            f"{name} {z:.2f} ± {error:.2f}" for name, (z, error) in points.items()
        )
        parts.append(
            Picture(drawn, alt=f"log Z: {estimates}", caption="Whiskers: standard errors.")
        )
    return Section("log Z", parts)


def _found(evidence: Evidence) -> dict[str, Any]:
    """Figures of the shown trial that contain log Z."""
    trials = evidence.results.get("trials", [])
    if evidence.trial >= len(trials):
        return {}
    for numbers in trials[evidence.trial].get("methods", {}).values():
        sides = [numbers.get(side) for side in _WORDS]
        if any(isinstance(z, int | float) and math.isfinite(z) for z in sides):
            return dict(numbers)
    return {}


def _error(results: Mapping[str, Any], side: str) -> float:
    value = results.get(f"{side}_stderr")
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _row(results: Mapping[str, Any], side: str) -> list[object]:
    return [_WORDS[side], results[side], _error(results, side), results.get(f"{side}_ess")]


def _exactly(results: Mapping[str, Any]) -> str:
    z = f"{results[_FORWARD]:.3f}".replace("-", "\N{MINUS SIGN}")
    return f"log Z is {z} nats, summed over all states: the likelihoods of this run are exact."


def _told(results: Mapping[str, Any]) -> str:
    if _REVERSE not in results or _FORWARD not in results:
        return (
            "There is a forward estimate only. On average it is too low, so the likelihoods are "
            "too high (optimistic) by an unknown amount."
        )
    gap = abs(results[_REVERSE] - results[_FORWARD])
    return (
        "On average the forward estimate of log Z is too low and the reverse estimate too high. "
        f"Here they differ by {gap:.2g} nats. The true value lies between them, up to their "
        "standard errors, on the assumption that the chains that start the reverse runs are at "
        "equilibrium. The section on chains shows how well that holds."
    )


ENTRY = Entry("log Z", section)
