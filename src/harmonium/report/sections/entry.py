"""A section of a report, as an entry in the list of sections."""

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
        make: returns the section, a text with the reason why it is left out, or None if there is
            nothing to report.
        needs: what must exist before ``make`` is called.
    """

    title: str
    make: Callable[[Evidence], Section | str | None]
    needs: Needs = field(default_factory=Needs)

    def section(self, evidence: Evidence) -> Section | None:
        """Makes the section; None if it is left out, with the reason noted in the evidence."""
        models = evidence.models.values() if self.needs.model else ()
        reason = unmet(self.needs, models, data=evidence.data)
        made = reason or self.make(evidence)
        if isinstance(made, str):
            evidence.left_out[self.title] = made
            return None
        return made
