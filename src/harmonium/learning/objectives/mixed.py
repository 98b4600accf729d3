"""The loss of rows whose columns are of several kinds: a sum over blocks of columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, cast, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.bounds import Count
from harmonium.errors import UsageError

__all__ = ["Mixed", "block_losses", "decoded_blocks"]

Loss = Literal["bernoulli", "cross_entropy", "squared_error"]

_LOSSES = get_args(Loss)


class Mixed:
    r"""Blocks of columns, each with its own loss: :math:`-\sum_b \log p(t_b | x)`, nats per row.

    Probabilities and bits have the loss ``bernoulli``, numbers ``squared_error`` (normal values of
    standard deviation 1, without the constant), and the one-hot columns of a class
    ``cross_entropy``, which is :math:`-\sum_j t_j \log \mathrm{softmax}_j(z)` over its block. The
    blocks stand side by side, and together have all columns. A net whose outputs are "mixed"
    keeps them as its ``kinds``, so that its file holds them.

    Args:
        blocks: number of columns and loss of each block, from the first column on.

    Raises:
        ValueError: there is no block, a block has no columns, or there is no such loss.

    >>> Mixed([(2, "bernoulli"), (3, "cross_entropy")]).kinds.tolist()
    [0, 0, 4, 4, 4]
    """

    outputs: ClassVar[tuple[str, ...]] = ("mixed",)
    figure: ClassVar[str] = "mixed"

    def __init__(self, blocks: Sequence[tuple[Count, Loss]]) -> None:
        if not blocks or any(columns < 1 for columns, _ in blocks):
            raise UsageError(
                f"mixed: the blocks are {list(blocks)}: give the number of columns, at least 1, "
                "and the loss of each block"
            )
        self.blocks = [(int(columns), _checked(loss)) for columns, loss in blocks]

    @property
    def kinds(self) -> Tensor:
        """For each column 3 times the number of its block, plus that of its loss, ``(D,)``."""
        return torch.tensor(
            [
                len(_LOSSES) * k + _LOSSES.index(loss)
                for k, (columns, loss) in enumerate(self.blocks)
                for _ in range(columns)
            ]
        )

    def prepare(self, net: nn.Module) -> None:
        """Tells a net its blocks before it learns.

        Args:
            net: with a buffer ``kinds``, or with a decoder that has it.

        Raises:
            ValueError: the blocks have more or fewer columns than the net has outputs.
        """
        owner: Any = getattr(net, "decoder", net)
        kinds = self.kinds
        if len(kinds) != len(owner.kinds):
            raise UsageError(
                f"mixed: the blocks have {len(kinds)} columns, but the net has "
                f"{len(owner.kinds)} outputs: give blocks for all columns"
            )
        owner.kinds.copy_(kinds)

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: ``(B, D) -> (B, K)``.
            batch: "x" ``(B, D)`` and "y" ``(B, K)``.
        """
        return block_losses(net(batch["x"]), batch["y"], kinds=self.kinds)[0]


def block_losses(outputs: Tensor, target: Tensor, *, kinds: Tensor) -> tuple[Tensor, int]:
    """The loss of each row, ``(B,)``, and the number of columns whose loss is the squared error.

    Args:
        outputs: of the net, ``(B, D)``.
        target: ``(B, D)``.
        kinds: of the columns, as in ``Mixed.kinds``.
    """
    parts, real = [], 0
    for at, loss in _blocks(kinds):
        parts.append(_loss(outputs[:, at], target[:, at], loss=loss))
        real += (at.stop - at.start) * (loss == "squared_error")
    return torch.stack(parts).sum(0), real


def decoded_blocks(outputs: Tensor, kinds: Tensor) -> Tensor:
    """Outputs of a net as rows in the range of the data, ``(B, D)``.

    Args:
        outputs: of the net, ``(B, D)``.
        kinds: of the columns, as in ``Mixed.kinds``.
    """
    changes = {
        "bernoulli": torch.sigmoid,
        "cross_entropy": lambda z: z.softmax(1),
        "squared_error": lambda z: z,
    }
    return torch.cat([changes[loss](outputs[:, at]) for at, loss in _blocks(kinds)], 1)


def _blocks(kinds: Tensor) -> Iterator[tuple[slice, Loss]]:
    """Columns and loss of each block."""
    start = 0
    values, counts = kinds.unique_consecutive(return_counts=True)
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        yield slice(start, start + count), _LOSSES[value % len(_LOSSES)]
        start += count


def _loss(outputs: Tensor, target: Tensor, *, loss: Loss) -> Tensor:
    if loss == "bernoulli":
        both = functional.binary_cross_entropy_with_logits(outputs, target, reduction="none")
        return both.sum(1)
    if loss == "cross_entropy":
        return -(target * outputs.log_softmax(1)).sum(1)
    return 0.5 * (target - outputs).square().sum(1)


def _checked(loss: str) -> Loss:
    if loss not in _LOSSES:
        raise UsageError(f"mixed: the loss {loss!r} is none of {', '.join(_LOSSES)}")
    return cast("Loss", loss)
