"""Contexts that override torch's global settings, so that they do not change the results.

A caller may be inside ``torch.no_grad``, ``torch.inference_mode`` or ``torch.autocast``, or may
have set a default device. Training needs gradients, full precision and tensors on their intended
device. These settings belong to the thread, so overriding them does not affect other threads. (The
default dtype belongs to the process and is not changed: every tensor states its dtype.)
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

from harmonium.memory import need

__all__ = ["neutral", "neutrally", "process_settings", "room"]

P = ParamSpec("P")
R = TypeVar("R")


@contextlib.contextmanager
def neutral() -> Iterator[None]:
    """A context with gradients on, no inference mode, no autocast, and the CPU as default device.

    >>> with torch.no_grad(), neutral():
    ...     torch.is_grad_enabled()
    True
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.inference_mode(mode=False))
        stack.enter_context(torch.enable_grad())
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


def neutrally(function: Callable[P, R]) -> Callable[P, R]:
    """A decorator: runs the function inside ``neutral``."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with neutral():
            return function(*args, **kwargs)

    return inside


_lock = threading.Lock()
_before: list[tuple[int, bool]] = []
_users = 0


@contextlib.contextmanager
def process_settings(*, threads: int | None, deterministic: bool) -> Iterator[None]:
    """Sets torch's number of threads and its determinism, and restores both at the end.

    Both belong to the process. If several threads use this context at once, the first to enter
    saves the settings and the last to leave restores them.

    Args:
        threads: number of threads of an operation; None: unchanged.
        deterministic: make torch refuse operations that have no deterministic form.
    """
    global _users
    with _lock:
        if not _users:
            _before[:] = [(torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())]
        _users += 1
        if threads is not None:
            torch.set_num_threads(threads)
        if deterministic:
            torch.use_deterministic_algorithms(mode=True)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                ((count, strict),) = _before
                torch.set_num_threads(count)
                torch.use_deterministic_algorithms(mode=strict)


_SMALL = 2**28
"""Bytes below which free memory is not checked."""


def room(numbers: int, what: str, *, size: int = 4) -> None:
    """Raises ValueError, with both sizes, if an array of numbers does not fit into free memory.

    Args:
        numbers: how many numbers.
        what: name of the array, the subject of the message.
        size: bytes per number.
    """
    if numbers * size > _SMALL and torch.get_default_device().type != "meta":
        need(numbers * size, what, remedy="make it smaller")
