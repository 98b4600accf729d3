"""Independent components: the subspace of PCA, and sources taken apart."""

import numpy as np
import pytest
import torch

from harmonium.baselines import ica
from harmonium.baselines.ica import ICA
from harmonium.baselines.pca import PCA
from harmonium.data.known import digits_set
from tests.baselines.test_pca import auto
from tests.stages import small


@pytest.mark.parametrize("k", [2, 10])
def test_rows_come_back_with_the_error_of_pca(k):
    """Digits have pixels that never change, on which ICA of the rows themselves fails."""
    made = small.one(data=digits_set(), **auto(64, k))
    own, rival = ICA()(made), PCA()(made)
    assert own["reconstruction_error"] == pytest.approx(rival["reconstruction_error"], rel=1e-6)


def test_more_components_than_the_rank_are_not_used():
    made = small.one(data=digits_set(), **auto(64, 10))
    assert ICA(components=64)(made)["reconstruction_error"] < 1e-6  # pixels of test rows alone


def test_mixed_sources_are_taken_apart():
    """Signs and order are free: each source has its own component with |correlation| > .99."""
    source = torch.Generator().manual_seed(0)
    s = torch.rand(2000, 2, generator=source, dtype=torch.float64) - 0.5
    mixing = torch.tensor([[1.0, 0.6, 0.2], [0.3, 1.0, -0.5]], dtype=torch.float64)
    model = ica.fitted((s @ mixing).numpy(), 2, seed=0, max_iter=500)
    estimated = model.transform((s @ mixing).numpy())
    both = np.abs(np.corrcoef(s.numpy().T, estimated.T))[:2, 2:]
    assert (both.max(1) > 0.99).all()
    assert sorted(both.argmax(1)) == [0, 1]
    principal = np.abs(np.corrcoef(s.numpy().T, model[0].transform((s @ mixing).numpy()).T))[
        :2, 2:
    ]
    assert principal.max(1).min() < 0.95  # PCA does not
