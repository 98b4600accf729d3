"""Sections of a report, one file each: `section(evidence)` returns a section or None."""

__all__: list[str] = []
