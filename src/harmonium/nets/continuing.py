"""The cost of a text under a net that predicts symbols, and its continuation."""

from typing import Any

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = ["continued", "next_log_probs"]

_PIECE = 4096
"""Steps of a text that are computed at once."""


@torch.no_grad()
def next_log_probs(net: Any, tokens: Tensor) -> Tensor:  # noqa: ANN401
    r"""log p(x_{t+1} | x_1, ..., x_t) of every symbol that follows another one, in nats.

    A long text is computed in pieces, between which the state passes on.

    Args:
        net: ``(B, T) -> (B, T, symbols)`` and a state.
        tokens: indices of symbols ``(B, T)``, -1 after the end of a text.

    Returns:
        ``(B, T - 1)``, 0 where there is no symbol.
    """
    pieces, state = [], None
    last = tokens.shape[1] - 1
    for at in range(0, last, _PIECE):
        end = min(at + _PIECE, last)
        logits, state = net(tokens[:, at:end].clamp(min=0), state)
        wanted = tokens[:, at + 1 : end + 1]
        chosen = logits.log_softmax(-1).gather(-1, wanted.clamp(min=0)[..., None]).squeeze(-1)
        pieces.append(torch.where(wanted >= 0, chosen, 0.0))
    return torch.cat(pieces, 1) if pieces else tokens.new_zeros(len(tokens), 0)


@torch.no_grad()
def continued(
    net: Any,  # noqa: ANN401
    prompt: Tensor,
    *,
    length: int,
    pick: Pick | None = None,
    source: Source = None,
) -> Tensor:
    """Continues every row of a prompt, ``(n, T) -> (n, length)``, int64.

    Args:
        net: ``(B, T) -> (B, T, symbols)`` and a state.
        prompt: indices of symbols, at least one in each row.
        length: symbols to draw.
        pick: how they are drawn; None: from their probabilities.
        source: random generator.

    Raises:
        ValueError: the prompt is empty.
    """
    if prompt.ndim != 2 or not prompt.shape[1]:
        raise UsageError("the prompt is empty: give at least one symbol to begin with")
    pick = Pick() if pick is None else pick
    drawn: list[Tensor] = []
    tokens, state = prompt, None
    for _ in range(length):  # each symbol depends on the one before
        logits, state = net(tokens, state)
        drawn.append(pick(logits[:, -1], source))
        tokens = drawn[-1][:, None]
    return torch.stack(drawn, 1) if drawn else prompt[:, :0]
