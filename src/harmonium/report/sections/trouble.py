"""Reason and remedy for a run that is not done."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Code, Section
from harmonium.report.sections.entry import Entry

__all__ = ["ENTRY", "section"]

_LINES = 40


def section(evidence: Evidence) -> Section | str | None:
    """Section with reason, end of the log and command to resume; None for a finished run."""
    status = evidence.status
    kind = status.get("status")
    if kind == "done":
        return None
    parts: list[str | Code] = []
    if kind == "running":
        parts.append("The run has not ended yet. This page shows its state so far.")
    reason = str(status.get("reason") or "")
    if reason and str(status.get("resume")) not in reason:
        parts.append(Code(reason, title="reason"))
    log = evidence.text("log.txt").rstrip().splitlines()
    if log:
        cut = f"last {_LINES} of {len(log)} lines of the log" if len(log) > _LINES else "log"
        parts.append(Code("\n".join(log[-_LINES:]), title=cut))
    if status.get("resume") and kind != "running":
        parts.append(Code(str(status["resume"]), title="command that resumes the run"))
    title = {"failed": "What went wrong", "running": "Still running"}.get(
        str(kind), "How to resume"
    )
    return Section(title, parts) if parts else None


ENTRY = Entry("What went wrong", section)
