"""Which threshold units a perceptron corrects after a wrong decision, and in which direction."""

from torch import Tensor
from torch.nn.functional import one_hot

__all__ = ["each", "winner"]


def winner(scores: Tensor, y: Tensor) -> Tensor:
    r"""The right class against the one with the highest score: at most two units are corrected.

    .. math:: c_k = [k = y] - [k = \arg\max_j s_j]

    Ties go to the first class. Two classes are one threshold unit, the difference of both, which
    is on where its weighted sum is above zero. (Crammer and Singer, 2003,
    https://www.jmlr.org/papers/v3/crammer03a.html.)

    Args:
        scores: ``(B, classes)``.
        y: right classes, ``(B,)``, int64.

    Returns:
        The direction of every unit, ``(B, classes)``: 1, -1 or 0.

    >>> import torch
    >>> winner(torch.tensor([[0.0, 2.0, 1.0]]), torch.tensor([2]))
    tensor([[ 0., -1.,  1.]])
    """
    decided = scores.argmax(1)
    gap = one_hot(y, scores.shape[1]) - one_hot(decided, scores.shape[1])
    return gap.to(scores)


def each(scores: Tensor, y: Tensor) -> Tensor:
    r"""One class against the rest: every unit is corrected that is on or off where it should not.

    .. math:: c_k = [k = y] - \theta(s_k), \qquad \theta(z) = [z \ge 0]

    This is Rosenblatt's rule for each unit alone: plus the row where the unit is off and should
    be on, minus the row where it is on and should be off. At zero a unit is on.
    (Rosenblatt, 1958, https://doi.org/10.1037/h0042519.)

    Args:
        scores: ``(B, classes)``.
        y: right classes, ``(B,)``, int64.

    Returns:
        The direction of every unit, ``(B, classes)``: 1, -1 or 0.

    >>> import torch
    >>> each(torch.tensor([[0.0, -1.0, -1.0]]), torch.tensor([2]))
    tensor([[-1.,  0.,  1.]])
    """
    return one_hot(y, scores.shape[1]).to(scores) - (scores >= 0).to(scores)
