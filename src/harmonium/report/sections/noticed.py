"""What the run noticed going wrong while it learned, each with its remedy."""

from __future__ import annotations

from typing import Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Section
from harmonium.report.tables import Table
from harmonium.report.words import stage_words

__all__ = ["section"]

_TITLE = "What the run noticed"

_LOOKS = {
    "": "weights that are not finite or so large that one unit decides another, and hidden units "
    "that are always low or always high",
    "chains/flip_rate": "chains whose free energy is not that of the data",
    "chains/r_hat": "chains that hardly move, or disagree with each other",
    "rbm/free_energy_gap": "validation rows that are much less probable than training rows",
}
"""What the looks of a stage are for, by the figure of that stage that says so."""


def section(evidence: Evidence) -> Section | None:
    """One row for each kind of finding of a stage; None where nobody looked."""
    looks = [row for row in evidence.metrics if "findings" in row]
    judged = _judged(evidence)
    if not looks and not judged:
        return None
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for finding in evidence.findings:
        key = (finding["trial"], finding["stage"], finding["kind"])
        found.setdefault(key, []).append(finding)
    if not found:
        return Section(
            _TITLE, [f"Nothing that needs a remedy. {_looked_for(looks, judged=judged)}"]
        )
    several = len({trial for trial, _, _ in found}) > 1
    rows = [
        [*([trial] if several else []), ", ".join(filter(None, stage_words(stage))),
         _epochs([f["epoch"] for f in seen]), kind, seen[-1]["found"], seen[-1]["remedy"]]
        for (trial, stage, kind), seen in found.items()
    ]  # fmt: skip
    columns = [*(["trial"] if several else []), "stage", "epochs", "what", "found", "remedy"]
    caption = "As it was found at the last of these epochs."
    table = Table(columns=columns, rows=rows, caption=caption)
    return Section(_TITLE, [table, _looked_for(looks, judged=judged)])


def _judged(evidence: Evidence) -> bool:
    """Whether a judge estimated log Z and looked at how well."""
    trials = evidence.results.get("trials", [])
    return any("findings" in m for trial in trials for m in trial.get("methods", {}).values())


def _looked_for(looks: list[dict[str, Any]], *, judged: bool) -> str:
    seen = [words for name, words in _LOOKS.items() if any(not name or name in r for r in looks)]
    seen += ["estimates of log Z that rest on few runs or whose two sides are far apart"] * judged
    epochs = _epochs([row["epoch"] for row in looks])
    when = f" (at epochs {epochs})" if looks else ""
    return f"Looked for{when}: {'; '.join(seen)}."


def _epochs(epochs: list[int | None]) -> str | None:
    """The epochs of some findings on one line; None for a judge's."""
    known = sorted({epoch for epoch in epochs if epoch is not None})
    return ", ".join(map(str, known)) or None
