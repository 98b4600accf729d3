"""Turns errors of a command into a message and an exit code; only bugs show a traceback."""

import functools
import os
import re
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import typer

from harmonium.cli.output import note
from harmonium.errors import DivergenceError, HarmoniumError
from harmonium.extras import extra_of, pip_line
from harmonium.memory import in_words

__all__ = ["FAILED", "INTERRUPTED", "LACKING", "REFUSED", "guarded", "show_traceback", "verdict"]

FAILED = 1
"""Exit code: the run failed, or there is a bug."""
REFUSED = 2
"""Exit code: bad usage, recipe or input."""
LACKING = 3
"""Exit code: an optional package is missing; the message has the pip command."""
INTERRUPTED = 130
"""Exit code: stopped by the user, with everything saved."""

show_traceback: ContextVar[bool] = ContextVar("show_traceback", default=False)
"""Whether an error shows its traceback."""

_ALLOCATION = re.compile(r"DefaultCPUAllocator: .*you tried to allocate (\d+) bytes")
"""Torch's message when memory of the CPU does not suffice."""

_LESS = "a smaller batch_size needs less, and so do fewer rows, units and chains"
_REFUSALS = (FileNotFoundError, PermissionError, FileExistsError, IsADirectoryError)


def guarded(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps a command so that every error ends in a message and an exit code."""

    @functools.wraps(verb)
    def run(*args: Any, **options: Any) -> Any:  # noqa: ANN401
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _warn
                return verb(*args, **options)
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except KeyboardInterrupt as error:
            note(str(error) or "interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            code, message = verdict(error) or _bug(error)
            if show_traceback.get():
                note("".join(traceback.format_exception(error)).rstrip())
            note(f"error: {message}")
            raise typer.Exit(code) from error

    return run


def _warn(message: Warning | str, *_: object, **__: object) -> None:
    """Prints a warning on standard error."""
    note(f"warning: {message}")


def verdict(error: Exception) -> tuple[int, str] | None:
    """Returns exit code and message of an expected error; None for a bug.

    Errors of the file system are expected. Other errors are expected only if they belong to this
    package (``harmonium.errors``), because only their messages are written for users.
    """
    if isinstance(error, ImportError):
        return _lacking(error)
    if isinstance(error, OSError):
        code = REFUSED if isinstance(error, (*_REFUSALS, NotADirectoryError)) else FAILED
        return code, _of_files(error)
    if isinstance(error, HarmoniumError):
        return FAILED if isinstance(error, DivergenceError) else REFUSED, str(error)
    asked = _ALLOCATION.search(str(error)) if isinstance(error, RuntimeError) else None
    if asked:
        return FAILED, f"out of memory ({in_words(int(asked[1]))} at once): {_LESS}"
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return FAILED, f"out of memory ({_first_line(error)}): {_LESS}"
    return None


def _lacking(error: ImportError) -> tuple[int, str] | None:
    if "pip install" in str(error):
        return LACKING, str(error)
    extra = extra_of(error.name or "")
    if extra is None:
        return None
    return LACKING, f"this needs {error.name}, which is not installed: {pip_line(extra)}"


def _of_files(error: OSError) -> str:
    if error.strerror is None or error.filename is None:
        return str(error)
    return f"{os.fsdecode(error.filename)}: {error.strerror.lower()}"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _bug(error: Exception) -> tuple[int, str]:
    what = f"{type(error).__name__}: {_first_line(error)}"
    if show_traceback.get():
        return FAILED, f"a bug in harmonium: {what}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="harmonium-", suffix=".traceback.txt", encoding="utf-8", delete=False
        ) as file:
            file.write(f"harmonium {' '.join(sys.argv[1:])}\n")
            file.writelines(traceback.format_exception(error))
    except (OSError, ValueError):  # a full disk, or invalid characters
        return FAILED, f"a bug in harmonium: {what}. harmonium --traceback ... shows where"
    return FAILED, f"a bug in harmonium: {what}. The traceback is in {file.name}"
