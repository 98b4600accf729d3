"""Non-maximum suppression: of boxes that overlap, the one with the highest score stays."""

import torch
from torch import Tensor

from harmonium.data.boxes import overlaps

__all__ = ["suppressed"]


def suppressed(boxes: Tensor, scores: Tensor, *, overlap: float) -> Tensor:
    r"""Which boxes stay: those that overlap no box of a higher score that stays, ``(B, n)``, bool.

    .. math:: k_i = \bigwedge_{j \,:\, s_j > s_i} \neg (k_j \wedge o(b_i, b_j) > t)

    Of equal scores the first one counts as higher. The equation has one solution. It is found by
    applying it to all boxes at once until nothing changes: after n turns at most, since box number
    i in the order of scores is right as soon as those before it are; in practice after few.

    Args:
        boxes: ``(B, n, 4)``: left, top, right, bottom.
        scores: ``(B, n)``.
        overlap: t, the largest intersection over union of two boxes that both stay.

    >>> boxes = torch.tensor([[[0.0, 0, 4, 4], [1, 0, 5, 4], [2, 0, 6, 4]]])
    >>> suppressed(boxes, torch.tensor([[3.0, 2.0, 1.0]]), overlap=0.5)
    tensor([[ True, False,  True]])
    """
    order = scores.argsort(dim=1, descending=True, stable=True)
    rows = order[..., None].expand(-1, -1, 4)
    ordered = boxes.gather(1, rows)
    covers = (overlaps(ordered, ordered) > overlap).triu(1)  # box i covers box j > i
    stays = torch.ones_like(scores, dtype=torch.bool)
    while True:
        again = ~(covers & stays[:, :, None]).any(1)
        if bool((again == stays).all()):
            break
        stays = again
    return torch.zeros_like(stays).scatter(1, order, stays)
