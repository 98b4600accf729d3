"""The output layer of LeNet-5: distances to a fixed code of each class."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from harmonium.bounds import Count, Positive
from harmonium.data.bitmaps import digit_codes
from harmonium.errors import UsageError

__all__ = ["RBF"]


class RBF(nn.Module):
    r"""Euclidean radial basis functions as logits of classes, ``(B, D) -> (B, classes)``.

    .. math:: z_k = -\beta y_k, \qquad y_k = \sum_j (x_j - c_{kj})^2

    The codes c of the classes are fixed; the layers below learn to come near the code of the right
    class. With these logits the cross-entropy is

    .. math:: -\log p(k | x) = \beta y_k + \log \sum_i e^{-\beta y_i}

    which is, for :math:`\beta = 1`, the loss of LeNet-5 (LeCun et al., 1998,
    https://doi.org/10.1109/5.726791, equation 9) without its constant :math:`e^{-j}` inside the
    logarithm, a class of rubbish with a fixed penalty. The second term is the competition between
    classes: without it, all distances could shrink together. Codes of D values of -1 and 1 are
    far apart, so that a smaller :math:`\beta` lets gradient descent take larger steps.

    Args:
        in_features: D, the number of values of a code.
        codes: "digits" for bitmaps of 7 x 12 (``data.bitmaps``), or a row for each class.
        scale: beta, the factor of the squared distances.

    Raises:
        ValueError: the codes do not have D values.

    >>> layer = RBF(84)
    >>> int(layer(layer.codes[3:4]).argmax()), [*layer.parameters()]
    (3, [])
    """

    codes: Tensor

    def __init__(
        self,
        in_features: Count,
        codes: Literal["digits"] | Sequence[Sequence[float]] = "digits",
        *,
        scale: Positive = 1.0,
    ) -> None:
        super().__init__()
        self.scale = scale
        rows = (
            digit_codes() if isinstance(codes, str) else torch.tensor(codes, dtype=torch.float32)
        )
        if rows.ndim != 2 or rows.shape[1] != in_features:
            raise UsageError(
                f"codes of shape {tuple(rows.shape)}, and the layer below has {in_features} "
                "values: give as many values for each class"
            )
        self.register_buffer("codes", rows)

    def forward(self, x: Tensor) -> Tensor:
        """Minus the scaled squared distances to the codes."""
        squares = x.square().sum(1, keepdim=True) + self.codes.square().sum(1)
        return self.scale * (2 * x @ self.codes.mT - squares)

    def extra_repr(self) -> str:
        """Sizes, for ``repr``."""
        classes, values = self.codes.shape
        return f"{values}, classes={classes}, scale={self.scale:g}"
