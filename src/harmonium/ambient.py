"""Torch's settings of the calling thread, set aside: they may not change what is computed here.

A caller may be inside ``torch.no_grad``, ``torch.inference_mode`` or ``torch.autocast``, or may
have set a default device. Training needs gradients, full precision and tensors where it puts
them. All of these settings belong to a thread, so setting them aside disturbs no other one.
(The default type belongs to the process. It is left alone: every tensor names its type.)
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
    """Gradients on, no inference mode, no autocast, tensors on the CPU unless they say otherwise.

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
    """The function, run in ``neutral``."""

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
    """Torch's number of threads and its determinism, as they were afterwards.

    Both belong to the process. Where several threads set them at once, the first remembers what
    was there before, and the last one brings it back.

    Args:
        threads: for operations; None: as they are.
        deterministic: refuse operations that have no deterministic form.
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
"""Bytes that are not worth a look at what is free."""


def room(numbers: int, what: str, *, size: int = 4) -> None:
    """Raises ValueError, with both sizes, if so many numbers do not fit into free memory.

    Args:
        numbers: how many.
        what: what takes them, the subject of the message.
        size: bytes of each.
    """
    if numbers * size > _SMALL and torch.get_default_device().type != "meta":
        need(numbers * size, what, remedy="make it smaller")
