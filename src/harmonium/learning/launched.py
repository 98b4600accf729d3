"""What a launcher such as ``torchrun`` says in the environment, read with care."""

import os
from collections.abc import Mapping

from harmonium.errors import UsageError

__all__ = ["processes"]

_MOST = 2**20


def processes(environment: Mapping[str, str] = os.environ) -> int:
    """How many processes were started for this run; 1 where nothing says so.

    Raises:
        ValueError: a variable holds something else than the launcher writes.
    """
    size = _number(environment, "WORLD_SIZE", least=1, most=_MOST, otherwise=1)
    if size == 1:
        return 1
    _number(environment, "RANK", least=0, most=size - 1)
    _number(environment, "LOCAL_RANK", least=0, most=size - 1, otherwise=0)
    _number(environment, "MASTER_PORT", least=1, most=65535)
    if not environment.get("MASTER_ADDR"):
        raise UsageError(_said("MASTER_ADDR", "", needed="the address of the first process"))
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
        raise UsageError(_said(name, text, needed=f"a whole number from {least} to {most}"))
    return int(text)


def _said(name: str, text: str, *, needed: str) -> str:
    return (
        f"the environment variable {name} is {text[:60]!r}; {needed} is needed: start several "
        "processes with torchrun, or unset WORLD_SIZE for one"
    )
