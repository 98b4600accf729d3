"""Canonical correlation analysis against scikit-learn's."""

import pytest
import torch
from sklearn.cross_decomposition import CCA as Theirs  # noqa: N811

from harmonium.baselines.cca import canonical


def test_without_ridges_it_finds_the_correlations_of_scikit_learn():
    source = torch.Generator().manual_seed(0)
    shared = torch.randn(300, 2, generator=source, dtype=torch.float64)
    noise = [torch.randn(300, d, generator=source, dtype=torch.float64) for d in (4, 3)]
    x = torch.cat([shared[:, :1] + noise[0][:, :1], noise[0][:, 1:]], 1)
    y = torch.cat([noise[1][:, 1:], shared[:, :1] + 0.5 * noise[1][:, :1]], 1)
    embed = canonical({"a": x, "b": y}, k=1, ridges=(1e-9, 1e-9))
    assert bool((embed("a", x).abs() == 1).all())  # of unit length, with one component
    theirs = Theirs(1).fit(x.numpy(), y.numpy())
    u, v = (torch.from_numpy(part.copy()).flatten() for part in theirs.transform(x, y))
    signs = embed("a", x).flatten() * embed("b", y).flatten()
    expected = (u * v).sign()
    assert float((signs == expected).double().mean()) == pytest.approx(1.0, abs=0.01)


def test_pairs_that_belong_together_are_near():
    source = torch.Generator().manual_seed(1)
    x = torch.randn(200, 6, generator=source)
    y = x @ torch.randn(6, 6, generator=source)
    embed = canonical({"a": x, "b": y}, k=6, ridges=(1e-6, 1e-6))
    own = (embed("a", x) * embed("b", y)).sum(1)
    assert float(own.min()) > 0.999
