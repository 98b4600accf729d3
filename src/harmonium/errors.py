"""Errors of this package, which are one family.

Every error that the package raises on purpose is a `HarmoniumError`. Its message names the place,
what was found there, and the remedy. Each is also the built-in error that Python code expects, so
that ``except ValueError`` goes on working. Files that cannot be opened raise ``OSError`` and
packages that are missing ``ImportError``, as everywhere in Python.

    UsageError        ValueError            an argument, a shape or a setting
    UsageTypeError    TypeError             an argument of the wrong type
    DataError         ValueError            a file or a table of data, or of parameters
    RecipeError       ValueError            a recipe (``harmonium.describe``)
    RunError          ValueError            a run, its directory or its checkpoints
    DivergenceError   FloatingPointError    a parameter or a loss is no longer finite
    Locked            RuntimeError          another process works on the run (``harmonium.runs``)
    RankError         ConnectionError       processes of a run lost each other (``learning.ranks``)
"""

__all__ = [
    "DataError",
    "DivergenceError",
    "HarmoniumError",
    "RunError",
    "UsageError",
    "UsageTypeError",
]


class HarmoniumError(Exception):
    """Something that the package refuses or cannot do; the message has the remedy."""


class UsageError(HarmoniumError, ValueError):
    """An argument, a shape or a setting that makes no sense where it stands."""


class UsageTypeError(HarmoniumError, TypeError):
    """An argument of the wrong type."""


class DataError(HarmoniumError, ValueError):
    """A file or a table of data or of parameters that cannot be used as it is."""


class RunError(HarmoniumError, ValueError):
    """A run, its directory or its checkpoints cannot be used as they are."""


class DivergenceError(HarmoniumError, FloatingPointError):
    """Learning diverged: a parameter or a loss is no longer finite."""
