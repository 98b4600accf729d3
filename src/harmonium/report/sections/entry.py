"""A section of a report as the page knows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Section

__all__ = ["Entry"]


@dataclass(frozen=True)
class Entry:
    """One section.

    Args:
        title: its heading, and its name under "Left out".
        make: the section, or the reason in words why there is none, or None: nothing to report.
        needs: what must be there before ``make`` is called.
    """

    title: str
    make: Callable[[Evidence], Section | str | None]
    needs: Needs = field(default_factory=Needs)

    def section(self, evidence: Evidence) -> Section | None:
        """The section; None where it is left out, with the reason noted in the evidence."""
        models = evidence.models.values() if self.needs.model else ()
        reason = unmet(self.needs, models, data=evidence.data)
        made = reason or self.make(evidence)
        if isinstance(made, str):
            evidence.left_out[self.title] = made
            return None
        return made
