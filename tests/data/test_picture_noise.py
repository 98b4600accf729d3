"""Random transforms of pictures: the rows that they read, and several in turn."""

import pytest
import torch

from harmonium.data import Affine, Flip, InTurn, Numbers, Picture
from harmonium.data.picture_noise import fitted
from harmonium.random import generator, uniform

X = uniform(torch.empty(40, 2, 11, 8), generator(0))


def test_flat_rows_are_changed_as_pictures():
    kinds = {
        "channels first": Picture((2, 11, 8)),
        "channels last": Picture((2, 11, 8), stored=(11, 8, 2)),
    }
    transform = Affine(rotation=20)
    expected = transform(X, generator(1))
    for kind in kinds.values():
        made = fitted([transform], kind)
        assert torch.equal(kind.shaped(made(kind.flat(X), generator(1))), expected)
        assert torch.equal(made(X, generator(1)), expected)
    assert transform.kind is None


def test_several_follow_each_other():
    source, other = generator(5), generator(5)
    affine, flip = Affine(shift=1), Flip(0.5)
    made = fitted([affine, flip], Picture((2, 11, 8)))
    assert isinstance(made, InTurn)
    assert torch.equal(made(X, source), flip(affine(X, other), other))


def test_rows_that_are_no_pictures_are_refused():
    with pytest.raises(
        ValueError, match=r"affine changes pictures, and these rows are Numbers\(6"
    ):
        fitted([Affine()], Numbers((6,)))
    with pytest.raises(ValueError, match=r"shape \(40, 176\) for pictures of shape unknown"):
        Affine()(X.flatten(1))
    with pytest.raises(ValueError, match=r"shape \(40, 3\) for pictures of shape \(2, 11, 8\)"):
        Affine().of(Picture((2, 11, 8)))(torch.zeros(40, 3))
