"""Errors of this package, with a common base class.

Every error that the package raises on purpose is a `HarmoniumError`. Its message names the place,
the value found there, and the remedy. Each error is also the built-in error that Python code
expects, so that ``except ValueError`` works. Files that cannot be opened raise ``OSError``, and
missing packages ``ImportError``, as elsewhere in Python.

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
    """Base class: the package refuses or cannot do something; the message has the remedy."""


class UsageError(HarmoniumError, ValueError):
    """An argument, a shape or a setting that is not valid in its place."""


class UsageTypeError(HarmoniumError, TypeError):
    """An argument of the wrong type."""


class DataError(HarmoniumError, ValueError):
    """A file or a table of data or of parameters that cannot be used."""


class RunError(HarmoniumError, ValueError):
    """A run, its directory or its checkpoints that cannot be used."""


class DivergenceError(HarmoniumError, FloatingPointError):
    """Learning diverged: a parameter or a loss is no longer finite."""
