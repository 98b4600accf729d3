"""Findings of a run: problems while it learned, with measurement, meaning and remedy."""

from __future__ import annotations

from typing import Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

__all__ = ["ENTRY", "section"]

_TITLE = "What the run noticed"

_CHECKS = {
    "": "weights that are not finite or very large, and hidden units that are always low or "
    "always high",
    "chains/flip_rate": "sampling chains whose free energy differs from that of the data",
    "chains/r_hat": "sampling chains that hardly move, or that disagree with each other",
    "flow/gradient_ratio": "gradients that vanish or explode, updates that are far too small or "
    "too large, dead and saturated units, and a loss no better than that of constant outputs",
    "net/variety": "a generator that makes few kinds of rows, and a discriminator that is certain",
    "rbm/free_energy_gap": "validation rows that are much less probable than training rows",
}
"""Figure that a stage wrote with its checks -> description of the checks; "" for machines."""


def section(evidence: Evidence) -> Section | str:
    """Section with a line for each kind of finding of a stage."""
    checks = [row for row in evidence.metrics if "findings" in row]
    judged = _judged(evidence)
    if not checks and not judged:
        return "no stage and no judge has checked for what goes wrong"
    findings = evidence.noticed
    made = _made(checks, judged=judged)
    if not findings:
        return Section(_TITLE, [f"The checks found nothing to mend. {made}"])
    rows = [[finding.title, *finding.details.values()] for finding in findings]
    columns = ["what", *findings[0].details]
    if any(len(row) != len(columns) for row in rows):  # findings of an old run have no meanings
        rows = [
            [finding.title, finding.details["Seen"], finding.details["What to do"]]
            for finding in findings
        ]
        columns = ["what", "Seen", "What to do"]
    caption = "Each kind of finding of a stage once, with the numbers of the last check."
    table = Table(columns=[name.lower() for name in columns], rows=rows, caption=caption)
    return Section(_TITLE, [table, made])


def _judged(evidence: Evidence) -> bool:
    """Whether a judge estimated log Z and checked the estimate."""
    trials = evidence.results.get("trials", [])
    return any("findings" in m for trial in trials for m in trial.get("methods", {}).values())


def _made(checks: list[dict[str, Any]], *, judged: bool) -> str:
    own = ("flow/gradient_ratio", "net/variety")
    machine = [r for r in checks if not any(name in r for name in own)]
    seen = [
        words
        for name, words in _CHECKS.items()
        if (any(name in r for r in checks) if name else bool(machine))
    ]
    seen = seen if checks else []
    seen += ["estimates of log Z that rest on few runs, or that differ from each other"] * judged
    epochs = sorted({row["epoch"] for row in checks})
    word = "epoch" if len(epochs) == 1 else "epochs"
    when = f" (at {word} {', '.join(map(str, epochs))})" if epochs else ""
    return f"Checked for{when}: {'; '.join(seen)}."


ENTRY = Entry(_TITLE, section)
