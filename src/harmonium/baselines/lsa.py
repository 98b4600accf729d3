"""Latent semantic analysis, as a rival of a net's code in retrieval."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.baselines.reduction import components_of
from harmonium.bounds import Count
from harmonium.judges.retrieval import Measure, searched
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LSA"]

_SPARSE = 0.1
"""Share of values that are not zero, below which rows are stored sparsely."""


@dataclass(frozen=True)
class LSA:
    r"""The k strongest directions of the rows as codes, compared by cosine.

    .. math:: c = V x

    where the rows of V are the first k right singular vectors of the training rows, as the model
    reads them: with a transform ``tf_idf`` it is the analysis of these weights. (Deerwester et
    al., 1990, https://doi.org/10.1002/(SICI)1097-4571(199009)41:6%3C391::AID-ASI1%3E3.0.CO;2-9.)

    Args:
        components: numbers of a code; null for as many as the model's code has.
        at: length of the list whose precision is taken, as in the judge ``retrieval``.
        bits: compare signs of the codes by Hamming distance instead.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "labelled test"))

    components: Count | None = None
    at: Count = 100
    bits: bool = False

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the directions to training rows, and searches among test rows."""
        from sklearn.decomposition import TruncatedSVD

        asked = trial.labelled(trial.data.test)
        assert asked is not None
        assert asked.labels is not None
        train, test = (split.x[:].cpu().numpy() for split in (trial.data.train, asked))
        k = components_of(trial) if self.components is None else self.components
        k = min(k, *train.shape)
        solver = "arpack" if k < min(train.shape) else "randomized"
        model = TruncatedSVD(k, algorithm=solver, random_state=trial.seed % 2**32)
        codes = torch.from_numpy(model.fit(_compact(train)).transform(_compact(test)))
        by: Measure = "hamming" if self.bits else "cosine"
        found = searched(codes > 0 if self.bits else codes, asked.labels, by=by, at=self.at)
        return {**found.figures(), "settings": {"components": k, "bits": self.bits}}


def _compact(rows: NDArray[Any]) -> Any:  # noqa: ANN401
    """Rows in double precision, sparse where most values are zero."""
    from scipy.sparse import csr_matrix

    rows = rows.astype(np.float64)
    return csr_matrix(rows) if np.count_nonzero(rows) < _SPARSE * rows.size else rows
