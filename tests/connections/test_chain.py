import pytest
import torch
from torch.testing import assert_close

from harmonium import Chain, Convolution, Dense, SumPool
from harmonium.connections.matrix import matrix
from tests.laws.specimens import Affine


def test_its_matrix_is_the_product():
    parts = [SumPool((2, 4, 4), (2, 2, 2)), Convolution((2, 2, 2), (3, 1, 1), kernel=2, std=1.0)]
    assert_close(matrix(Chain(parts)), matrix(parts[1]) @ matrix(parts[0]))


def test_parts_that_do_not_fit_are_refused():
    pool, conv = SumPool((2, 4, 4), (2, 2, 2)), Convolution((2, 2, 2), (3, 1, 1), kernel=2)
    with pytest.raises(ValueError, match=r"Convolution ends at \(3, 1, 1\), but SumPool starts"):
        Chain([conv, pool])
    with pytest.raises(ValueError, match="several parts have parameters"):
        Chain([conv, Dense((3, 1, 1), (2,))])
    with pytest.raises(ValueError, match="all of them must be linear"):
        Chain([Affine((3,), (2,))])
    with pytest.raises(ValueError, match="at least one connection"):
        Chain([])
    assert list(dict(Chain([pool, conv]).named_parameters())) == ["parts.1.weight"]
    assert torch.equal(Chain([pool])(torch.ones(1, 2, 4, 4)), torch.full((1, 2, 2, 2), 4.0))
