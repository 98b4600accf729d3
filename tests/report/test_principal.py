"""Principal directions of rows in memory and in pieces, and codes of rows."""

import pytest
import torch

from harmonium.data import Split
from harmonium.models import adapted
from harmonium.nets import Autoencoder
from harmonium.report import principal as module
from harmonium.report.principal import code_of, principal, principal_of

X = torch.randn(400, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
X = X * torch.tensor([5.0, 4, 3, 2, 1, 0.5]) + 7


def test_rows_come_back_with_the_tail_of_the_variances():
    found = principal(X, 2)
    values = torch.linalg.eigvalsh(torch.cov(X.double().mT, correction=0)).flip(0)
    error = (found.again(X) - X).square().sum(1).mean()
    assert float(error) == pytest.approx(float(values[2:].sum()), rel=1e-6)
    assert float(found.scores(X).var(0, correction=0)[0]) == pytest.approx(float(values[0]))


def test_many_rows_give_the_directions_of_all(monkeypatch):
    whole = principal(X, 3)
    monkeypatch.setattr(module, "_ROWS", 50)
    found = principal_of(Split(X), 3)
    assert found.rows == 400
    torch.testing.assert_close(found.mean, whole.mean)
    torch.testing.assert_close(found.directions, whole.directions, rtol=0, atol=1e-6)
    monkeypatch.setattr(module, "_WIDEST", 5)
    assert principal_of(Split(X), 3).rows == 50


def test_a_direction_points_to_its_largest_value():
    for rows in (X, -X):
        directions = principal(rows, 6).directions
        assert bool((directions.max(1).values == directions.abs().max(1).values).all())


def test_the_code_is_the_last_layer():
    net = Autoencoder([6, 4, 2])
    code = code_of(adapted(net), Split(X), count=9)
    torch.testing.assert_close(code, net.encode(X[:9]).detach())
