r"""Data-parallel training: every process uses the mean gradient of all processes.

With :math:`w_r` the weight of the part of the batch of rank r, every rank descends along

.. math:: g = \sum_r w_r g_r \Big/ \sum_r w_r

so parameters that are equal at first stay exactly equal. The processes are started by ``torchrun``
(``torch.distributed``). With a single process, the functions here return their argument unchanged.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor

from harmonium.errors import HarmoniumError, UsageError
from harmonium.learning.launched import processes
from harmonium.learning.lifeline import watching

__all__ = [
    "RankError",
    "World",
    "agreed",
    "check_equal",
    "check_same",
    "first_asked",
    "gathered",
    "joined",
    "mean",
    "mean_gradients",
    "restore",
    "share",
    "split",
    "states",
    "wait",
    "world",
]

TIMEOUT = timedelta(minutes=30)
"""Time to wait for a process that is alive but does not answer; a dead one is detected sooner."""


class RankError(HarmoniumError, ConnectionError):
    """The connection between processes of a run was lost, or their parameters differ."""


class World(NamedTuple):
    """The rank of this process, from 0, and the number of processes."""

    rank: int
    size: int


def world() -> World:
    """The rank of this process and the number of joined processes; (0, 1) if there is only one."""
    if dist.is_available() and dist.is_initialized():
        return World(dist.get_rank(), dist.get_world_size())
    return World(0, 1)


@contextlib.contextmanager
def joined() -> Iterator[World]:
    """A context that connects the processes that ``torchrun`` started, if any.

    Raises:
        ValueError: an environment variable has a value that no launcher sets.
        RankError: the processes cannot be connected.
    """
    if processes() == 1 or world().size > 1:
        yield world()
        return
    cuda = torch.cuda.is_available()
    try:
        dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=TIMEOUT)
    except (RuntimeError, ValueError) as error:
        words = str(error).splitlines()[0]
        raise RankError(f"the processes of this run could not connect ({words})") from error
    try:
        with _watched():
            yield world()
            # gloo's threads may still hold tensors of the last exchange, and the process would
            # abort if they released them while the interpreter ends; a barrier has no tensors
            with _exchange():
                dist.barrier()
    finally:
        dist.destroy_process_group()


def _watched() -> contextlib.AbstractContextManager[None]:
    """A context in which the end of another process raises RankError within seconds."""
    rank, size = world()

    def lost(other: int) -> RankError:
        return RankError(
            f"process {rank} of {size} lost process {other}, which has ended; read its own "
            "message, then resume the run"
        )

    return watching(rank, size, agreed=agreed, lost=lost) if size > 1 else contextlib.nullcontext()


def mean_gradients(parameters: Iterable[Tensor], *, weight: float | Tensor) -> None:
    """Replaces every ``.grad`` by its weighted mean over ranks.

    Args:
        parameters: the same on all ranks.
        weight: weight of this rank's gradients: rows of its batch, or their total importance.

    Raises:
        RankError: another process has ended.
    """
    if world().size == 1:
        return
    grads = [p.grad for p in parameters if p.grad is not None]
    for grad, average in zip(grads, mean(grads, weight=weight), strict=True):
        grad.copy_(average)


def mean(tensors: Iterable[Tensor], *, weight: float | Tensor) -> list[Tensor]:
    """The weighted mean over ranks of tensors that have the same shapes on all ranks.

    Raises:
        RankError: another process has ended.
    """
    given = list(tensors)
    if world().size == 1 or not given:
        return given
    w = torch.as_tensor(weight).to(given[0]).reshape(1)
    flat = torch.cat([*(x.reshape(-1) * w for x in given), w])
    with _exchange():
        dist.all_reduce(flat)
    parts = (flat[:-1] / flat[-1]).split([x.numel() for x in given])
    return [part.view_as(x) for part, x in zip(parts, given, strict=True)]


def share(rows: int, *, what: str) -> int:
    """The number of rows per rank, if they are divided equally.

    Args:
        rows: total number of rows.
        what: their name, for the error message.

    Raises:
        ValueError: they cannot be divided equally.
    """
    size = world().size
    if rows % size:
        raise UsageError(
            f"{what}: {rows} cannot be shared equally by {size} processes; take "
            f"{max(1, round(rows / size)) * size}"
        )
    return rows // size


def gathered(x: Tensor) -> Tensor:
    """The rows of all ranks, in the order of ranks, ``(size * B, ...)``.

    Raises:
        RankError: another process has ended.
    """
    size = world().size
    if size == 1:
        return x
    parts = [torch.empty_like(x, memory_format=torch.contiguous_format) for _ in range(size)]
    with _exchange():
        dist.all_gather(parts, x.contiguous())
    return torch.cat(parts)


def split(x: Tensor, *, what: str) -> Tensor:
    """The rows of this rank of a global tensor: the inverse of ``gathered``.

    Raises:
        ValueError: the rows cannot be divided equally.
    """
    rows = share(len(x), what=what)
    return x[world().rank * rows :][:rows].clone()


def states(source: torch.Generator | None) -> Tensor | None:
    """The states of the random generators of all ranks, ``(size, n)``; ``(n,)`` if only one."""
    if source is None:
        return None
    state = source.get_state()
    return state if world().size == 1 else gathered(state[None])


def restore(source: torch.Generator | None, saved: Tensor | None) -> None:
    """Restores a random generator from ``states``; ranks without a saved state are unchanged."""
    if source is None or saved is None:
        return
    rows = saved if saved.ndim > 1 else saved[None]
    if (rank := world().rank) < len(rows):
        source.set_state(rows[rank].clone())


def agreed(x: Any) -> Any:  # noqa: ANN401
    """Sends an object of the first rank to all ranks and returns it.

    Raises:
        RankError: another process has ended.
    """
    if world().size == 1:
        return x
    box = [x]
    with _exchange():
        dist.broadcast_object_list(box)
    return box[0]


def first_asked(text: str) -> str:
    """The first non-empty text in the order of ranks, on all ranks; empty if there is none."""
    size = world().size
    if size == 1:
        return text
    flag = torch.tensor([float(bool(text))])
    with _exchange():
        dist.all_reduce(flag)
        if not flag:
            return ""
        texts: list[str] = [""] * size
        dist.all_gather_object(texts, text)
    return next(filter(None, texts))


def wait() -> None:
    """Waits until every rank has called this function."""
    if world().size > 1:
        agreed(None)
        gathered(torch.zeros(1, dtype=torch.float32))


def check_equal(parameters: Iterable[Tensor]) -> None:
    """Checks, by checksums, that the parameters are exactly equal on all ranks.

    Raises:
        RankError: they differ, or another process has ended.
    """
    if world().size == 1:
        return
    sums = []
    for p in parameters:
        bits = p.detach().contiguous().view(-1).view(torch.uint8).to("cpu", torch.int64)
        places = torch.arange(1, len(bits) + 1)
        sums.append((bits * (places % 65521)).sum())
    of_ranks = gathered(torch.stack(sums)[None])
    if bool((of_ranks != of_ranks[0]).any()):
        raise RankError(
            f"the parameters differ between the {len(of_ranks)} processes: do they run the same "
            "version on the same kind of device? Resume from the last checkpoint with one process"
        )


def check_same(texts: Mapping[str, str]) -> None:
    """Checks that all ranks start with the same inputs, such as files that each reads separately.

    Args:
        texts: name of the input -> its fingerprint or another text to compare.

    Raises:
        RankError: they differ, or another process has ended.
    """
    size = world().size
    if size == 1:
        return
    of_ranks: list[Mapping[str, str]] = [texts] * size
    with _exchange():
        dist.all_gather_object(of_ranks, texts)
    for rank, other in enumerate(of_ranks):
        for name in texts:
            if other[name] != of_ranks[0][name]:
                raise RankError(
                    f"the {name} of process {rank} differ from those of process 0: give all "
                    "processes the same files and the same version of harmonium"
                )


@contextlib.contextmanager
def _exchange() -> Iterator[None]:
    """A context for one exchange between processes; its failure raises RankError."""
    try:
        yield
    except RuntimeError as error:
        here = world()
        raise RankError(
            f"process {here.rank} of {here.size} has lost contact with the others "
            f"({_words(error)}): one has ended or stalled; read its own message, then "
            "resume the run"
        ) from error


def _words(error: BaseException) -> str:
    """The first line of the transport's error, without source location and advice."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return re.sub(r"^\[[^]]*\] *", "", text).split(". This is typically")[0]
