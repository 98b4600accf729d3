"""One file for each section of a report: `section(evidence)` gives it, or None."""

__all__: list[str] = []
