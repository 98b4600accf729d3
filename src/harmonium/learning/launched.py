"""Reads and checks the environment variables that a launcher such as ``torchrun`` sets."""

import os
from collections.abc import Mapping

from harmonium.errors import UsageError

__all__ = ["processes"]

_MOST = 2**20
"""Maximum number of processes."""


def processes(environment: Mapping[str, str] = os.environ) -> int:
    """The number of processes that were started for this run; 1 without a launcher.

    Raises:
        ValueError: a variable has a value that no launcher sets.
    """
    size = _number(environment, "WORLD_SIZE", least=1, most=_MOST, otherwise=1)
    if size == 1:
        return 1
    _number(environment, "RANK", least=0, most=size - 1)
    _number(environment, "LOCAL_RANK", least=0, most=size - 1, otherwise=0)
    _number(environment, "MASTER_PORT", least=1, most=65535)
    if not environment.get("MASTER_ADDR"):
        raise UsageError(_problem("MASTER_ADDR", "", needed="the address of the first process"))
    return size


def _number(
    environment: Mapping[str, str],
    name: str,
    *,
    least: int,
    most: int,
    otherwise: int | None = None,
) -> int:
    text = environment.get(name, "")
    if not text and otherwise is not None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise UsageError(_problem(name, text, needed=f"a whole number from {least} to {most}"))
    return int(text)


def _problem(name: str, text: str, *, needed: str) -> str:
    return (
        f"the environment variable {name} is {text[:60]!r}; {needed} is needed: start several "
        "processes with torchrun, or unset WORLD_SIZE for one"
    )
