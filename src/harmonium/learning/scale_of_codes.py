"""The scale of the codes of a net, before it learns similarity."""

import torch
from torch import Tensor, nn

from harmonium.learning.neighbours import nearest
from harmonium.learning.objectives.nca import embedded

__all__ = ["scale_codes"]

_CLOSE = 1e-3
"""Relative difference that rounding may cause."""

_EQUAL = 1e-5
"""Distance, relative to the norm of the codes, up to which two rows count as equal: the same row
in another place of a batch may have a code that differs by rounding."""


@torch.no_grad()
def scale_codes(net: nn.Module, rows: Tensor, *, distance: float) -> float | None:
    """Scales linear codes down to a median distance between a row and its nearest other row.

    Rows that are far from all others have one neighbour each, and learn nothing from the rest.

    The last layer of the encoder is multiplied by a factor, and the first layer of the decoder, if
    there is one, divided by it, so that reconstructions stay the same.

    Args:
        net: of codes; or with an encoder and perhaps a decoder.
        rows: ``(N, D)``, of two rows or more.
        distance: the largest median, above 0; codes that are nearer are left as they are.

    Returns:
        The factor; None if nothing is changed: rows are near already, the code has an activation,
        all codes are equal, or the net has no such layers.
    """
    encoder, decoder = getattr(net, "encoder", net), getattr(net, "decoder", None)
    up = [part for part in encoder.modules() if isinstance(part, nn.Linear)]
    down = [] if decoder is None else [p for p in decoder.modules() if isinstance(p, nn.Linear)]
    if not up or len(rows) < 2 or (decoder is not None and not down):
        return None
    before = embedded(net, rows)
    distances = nearest(before, before, k=1, itself=False)[0].flatten()
    floor = _EQUAL * before.norm(dim=1).mean()
    distances = distances[distances > floor]  # those of equal rows tell no scale
    if not len(distances) or float(distances.median()) <= distance:
        return None
    factor, whole = distance / float(distances.median()), None if decoder is None else net(rows)
    kept = [parameter.clone() for parameter in net.parameters()]
    up[-1].weight.mul_(factor)
    if up[-1].bias is not None:
        up[-1].bias.mul_(factor)
    if down:
        down[0].weight.div_(factor)
    same = _close(embedded(net, rows), factor * before)
    if same and (whole is None or _close(net(rows), whole)):
        return factor
    for parameter, value in zip(net.parameters(), kept, strict=True):
        parameter.copy_(value)
    return None


def _close(a: Tensor, b: Tensor) -> bool:
    return bool((a - b).norm() <= _CLOSE * b.norm().clamp(min=1e-30))
