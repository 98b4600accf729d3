"""A finished run put to use."""

from harmonium.apply.tables import new_file, new_table

__all__ = ["new_file", "new_table"]
