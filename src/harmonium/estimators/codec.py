"""Base class of estimators whose net gives rows back through a code."""

from typing import Any, Literal

import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.frames import FLOATS
from harmonium.estimators.net import NetEstimator
from harmonium.nets.outputs import Outputs

__all__ = ["CodecEstimator", "kind_of"]


class CodecEstimator(ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetEstimator):
    """An estimator whose ``net_`` is a ``nets.Codec``; the last hidden layer is the code."""

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Codes of the rows, ``(n_samples, last size)``, without randomness."""
        codes: NDArray[Any] = self.net_.encode(self._rows(X)).numpy()
        return codes

    @neutrally
    @torch.no_grad()
    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Decodes codes ``(n_samples, last size)`` to rows ``(n_samples, n_features)``.

        Raises:
            ValueError: the codes have another size.
        """
        check_is_fitted(self)
        codes = torch.from_numpy(check_array(X, dtype=FLOATS, copy=True))
        if codes.shape[1] != self._n_features_out:
            raise UsageError(
                f"codes of {codes.shape[1]} numbers, but the net has {self._n_features_out}"
            )
        rows: NDArray[Any] = self.net_.decode(codes.to(next(self.net_.parameters()).dtype)).numpy()
        return rows

    def _sizes(self, width: int) -> list[int]:
        """The number of values of a row, then the units of every layer of the encoder.

        Raises:
            ValueError: there are no layers, so no code.
        """
        sizes = [int(size) for size in self.hidden_layer_sizes]
        if not sizes or min(sizes) < 1:
            raise UsageError(
                f"hidden_layer_sizes={tuple(sizes)}: give the units of every layer of the "
                "encoder, the size of the code last, such as (100, 10)"
            )
        return [width, *sizes]

    @property
    def _n_features_out(self) -> int:
        return int(list(self.hidden_layer_sizes)[-1])


def kind_of(x: Tensor, outputs: Literal["auto"] | Outputs, *, real: Outputs) -> Outputs:
    """Kind of the values of rows: ``outputs``, or for "auto" the one that their range suggests.

    Args:
        x: rows ``(N, D)``.
        outputs: "auto", "probabilities" or another kind.
        real: kind of real values, for rows with values outside [0, 1].

    Raises:
        ValueError: values that are to be probabilities lie outside [0, 1].

    >>> kind_of(torch.tensor([[0.0, 2.0]], dtype=torch.float32), "auto", real="values")
    'values'
    """
    low, high = float(x.min()), float(x.max())
    unit = low >= 0 and high <= 1
    if outputs == "auto":
        return "probabilities" if unit else real
    if outputs == "probabilities" and not unit:
        raise UsageError(
            f"the values range from {low:.3g} to {high:.3g}, and probabilities lie in [0, 1]: "
            f"scale the data, or set outputs={real!r}"
        )
    return outputs
