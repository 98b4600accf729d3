r"""More than one process: local gradients, their mean over all processes, the same step.

With :math:`w_r` the weight of rank r's share of the batch, every rank descends along

.. math:: g = \sum_r w_r g_r \Big/ \sum_r w_r

so parameters that begin equal stay equal to the bit. Everything here is the identity in a process
of its own. The processes are those that ``torchrun`` started (``torch.distributed``).
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
"""How long a process waits for one that is alive and silent; a dead one is noticed at once."""


class RankError(HarmoniumError, ConnectionError):
    """Processes of a run lost each other, or no longer agree."""


class World(NamedTuple):
    """Which process this is, from 0, and how many there are."""

    rank: int
    size: int


def world() -> World:
    """This process among those that have joined; (0, 1) for one of its own."""
    if dist.is_available() and dist.is_initialized():
        return World(dist.get_rank(), dist.get_world_size())
    return World(0, 1)


@contextlib.contextmanager
def joined() -> Iterator[World]:
    """Joins the processes that ``torchrun`` started, if it did, and leaves them at the end.

    Raises:
        ValueError: the environment says something that no launcher does.
    """
    if processes() == 1 or world().size > 1:
        yield world()
        return
    cuda = torch.cuda.is_available()
    try:
        dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo", timeout=TIMEOUT)
    except (RuntimeError, ValueError) as error:
        words = str(error).splitlines()[0]
        raise RankError(f"the processes of this run did not find each other ({words})") from error
    try:
        with _watched():
            yield world()
            # gloo's threads may still hold the last exchange's tensors; one that lets go of them
            # while the interpreter ends aborts the process, and a barrier has no tensors
            with _heard():
                dist.barrier()
    finally:
        dist.destroy_process_group()


def _watched() -> contextlib.AbstractContextManager[None]:
    """The end of another process is noticed within seconds, whatever this one does."""
    rank, size = world()

    def lost(other: int) -> RankError:
        return RankError(
            f"process {rank} of {size} lost process {other}, which has ended; read its own "
            "message, then resume the run"
        )

    return watching(rank, size, agreed=agreed, lost=lost) if size > 1 else contextlib.nullcontext()


def mean_gradients(parameters: Iterable[Tensor], *, weight: float | Tensor) -> None:
    """Replaces every ``.grad`` by the mean over ranks, weighted by their shares of the batch.

    Raises:
        RankError: another process has ended.
    """
    if world().size == 1:
        return
    grads = [p.grad for p in parameters if p.grad is not None]
    for grad, found in zip(grads, mean(grads, weight=weight), strict=True):
        grad.copy_(found)


def mean(tensors: Iterable[Tensor], *, weight: float | Tensor) -> list[Tensor]:
    """The weighted mean over ranks of tensors that have the same shapes on all of them.

    Raises:
        RankError: another process has ended.
    """
    given = list(tensors)
    if world().size == 1 or not given:
        return given
    w = torch.as_tensor(weight).to(given[0]).reshape(1)
    flat = torch.cat([*(x.reshape(-1) * w for x in given), w])
    with _heard():
        dist.all_reduce(flat)
    parts = (flat[:-1] / flat[-1]).split([x.numel() for x in given])
    return [part.view_as(x) for part, x in zip(parts, given, strict=True)]


def share(rows: int, *, what: str) -> int:
    """How many of so many rows are this rank's.

    Raises:
        ValueError: the ranks cannot have equal shares.
    """
    size = world().size
    if rows % size:
        raise UsageError(
            f"{what}: {rows} cannot be shared equally by {size} processes; take "
            f"{max(1, round(rows / size)) * size}"
        )
    return rows // size


def gathered(x: Tensor) -> Tensor:
    """The rows of all ranks, in their order, ``(size * B, ...)``.

    Raises:
        RankError: another process has ended.
    """
    size = world().size
    if size == 1:
        return x
    parts = [torch.empty_like(x, memory_format=torch.contiguous_format) for _ in range(size)]
    with _heard():
        dist.all_gather(parts, x.contiguous())
    return torch.cat(parts)


def split(x: Tensor, *, what: str) -> Tensor:
    """This rank's rows of a global tensor; the inverse of ``gathered``.

    Raises:
        ValueError: the ranks cannot have equal shares.
    """
    rows = share(len(x), what=what)
    return x[world().rank * rows :][:rows].clone()


def states(source: torch.Generator | None) -> Tensor | None:
    """Where every rank's generator is, ``(size, n)``; alone its state, ``(n,)``."""
    if source is None:
        return None
    state = source.get_state()
    return state if world().size == 1 else gathered(state[None])


def restore(source: torch.Generator | None, saved: Tensor | None) -> None:
    """Sets a generator to this rank's saved state; a rank that is new keeps the one it has."""
    if source is None or saved is None:
        return
    rows = saved if saved.ndim > 1 else saved[None]
    if (rank := world().rank) < len(rows):
        source.set_state(rows[rank].clone())


def agreed(x: Any) -> Any:  # noqa: ANN401
    """What the first rank has, for all of them.

    Raises:
        RankError: another process has ended.
    """
    if world().size == 1:
        return x
    box = [x]
    with _heard():
        dist.broadcast_object_list(box)
    return box[0]


def first_asked(text: str) -> str:
    """The text of the first rank that has one, for all of them; empty where none has."""
    size = world().size
    if size == 1:
        return text
    flag = torch.tensor([float(bool(text))])
    with _heard():
        dist.all_reduce(flag)
        if not flag:
            return ""
        found: list[str] = [""] * size
        dist.all_gather_object(found, text)
    return next(filter(None, found))


def wait() -> None:
    """Until every rank is here."""
    if world().size > 1:
        agreed(None)
        gathered(torch.zeros(1, dtype=torch.float32))


def check_equal(parameters: Iterable[Tensor]) -> None:
    """That the parameters are the same to the bit on all ranks, by their checksums.

    Raises:
        RankError: they are not, or another process has ended.
    """
    if world().size == 1:
        return
    sums = []
    for p in parameters:
        bits = p.detach().contiguous().view(-1).view(torch.uint8).to("cpu", torch.int64)
        places = torch.arange(1, len(bits) + 1)
        sums.append((bits * (places % 65521)).sum())
    found = gathered(torch.stack(sums)[None])
    if bool((found != found[0]).any()):
        raise RankError(
            f"the parameters differ between the {len(found)} processes: do they run the same "
            "version on the same kind of device? Go on from the last checkpoint with one process"
        )


def check_same(texts: Mapping[str, str]) -> None:
    """That all ranks begin with the same, such as files that each reads for itself.

    Args:
        texts: what is compared -> a text of it, such as a fingerprint.

    Raises:
        RankError: they differ, or another process has ended.
    """
    size = world().size
    if size == 1:
        return
    found: list[Mapping[str, str]] = [texts] * size
    with _heard():
        dist.all_gather_object(found, texts)
    for rank, other in enumerate(found):
        for name in texts:
            if other[name] != found[0][name]:
                raise RankError(
                    f"the {name} of process {rank} differ from those of process 0: give all "
                    "processes the same files and the same version of harmonium"
                )


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        here = world()
        raise RankError(
            f"process {here.rank} of {here.size} no longer hears from the others "
            f"({_words(error)}): one has ended or stalled; read its own message, then "
            "resume the run"
        ) from error


def _words(error: BaseException) -> str:
    """What the transport says, without its place in a source file and its advice."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return re.sub(r"^\[[^]]*\] *", "", text).split(". This is typically")[0]
