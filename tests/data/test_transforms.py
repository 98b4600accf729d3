"""Transforms: fitted to the training rows alone, restored to the bit, misfits refused."""

import pytest
import torch

from harmonium.data.chain import fit_all
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.transforms import Binarise, Crop, Reshape, Scale, Standardise


def toy(*, shape=(2, 3)):
    rows = torch.rand(20, 6, generator=torch.Generator().manual_seed(0)) * 9 + 1
    return DataSet("toy", Split(rows[:12]), test=Split(10 * rows[12:]), shape=shape)


def test_scale_divides():
    _, done = fit_all([Scale(divide=4.0)], toy())
    assert torch.equal(done.train.x, toy().train.x / 4)
    assert torch.equal(done.test.x, toy().test.x / 4)


def test_scale_maps_the_training_range_and_clips_beyond_it():
    _, done = fit_all([Scale()], toy())
    assert done.train.x.amin(0).tolist() == [0] * 6
    assert done.train.x.amax(0).tolist() == [1] * 6
    assert (done.test.x == 1).any()
    assert done.test.x.min() >= 0
    assert done.test.x.max() == 1


def test_scale_makes_a_constant_feature_0():
    x = torch.tensor([[3.0, 1.0], [3.0, 2.0]])
    assert Scale().fit(x, (2,))(x).tolist() == [[0, 0], [0, 1]]


def test_standardise_uses_training_moments():
    _, done = fit_all([Standardise()], toy())
    x = toy().train.x
    torch.testing.assert_close(done.train.x.mean(0), torch.zeros(6), atol=1e-5, rtol=0)
    expected = (toy().test.x - x.mean(0)) / x.std(0, correction=0)
    torch.testing.assert_close(done.test.x, expected)


def test_standardise_leaves_deviations_up_to_the_floor():
    x = torch.tensor([[0.0, 0.0], [0.2, 2.0]])
    assert Standardise(floor=0.5).fit(x, (2,)).statistics["scale"].tolist() == [1, 1]
    assert Standardise(floor=0.05).fit(x, (2,)).statistics["scale"].tolist() == [
        pytest.approx(0.1),
        1,
    ]


def test_binarise_needs_grey_values():
    x = torch.tensor([[0.2, 0.7]])
    assert Binarise(level=0.6).fit(x, (2,))(x).tolist() == [[0, 1]]
    with pytest.raises(ValueError, match=r"grey values range from 0.2 to 2.0.*\[0, 1\]"):
        Binarise().fit(x, (2,))(torch.tensor([[0.2, 2.0]]))


def test_crop_keeps_the_centre_of_every_channel():
    x = torch.arange(2 * 4 * 5.0)[None]
    fitted = Crop((2, 3)).fit(x, (2, 4, 5))
    assert fitted.shape == (2, 2, 3)
    expected = x.reshape(2, 4, 5)[:, 1:3, 1:4]
    assert torch.equal(fitted(x).reshape(2, 2, 3), expected)


@pytest.mark.parametrize(
    ("transform", "shape", "message"),
    [
        (Crop((1, 1)), (6,), "`reshape` transform before"),
        (Crop((3, 3)), (2, 3), r"crop to \(3, 3\) of images of \(2, 3\)"),
        (Crop((0, 3)), (2, 3), "crop to"),
        (Reshape((4, 2)), (6,), r"reshape of 6 values .* to \(4, 2\) = 8 values"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(transform, shape, message):
    with pytest.raises(ValueError, match=message):
        fit_all([transform], toy(shape=shape))


def test_reshape_then_crop():
    chain, done = fit_all([Reshape((3, 2)), Crop((1, 2))], toy(shape=(6,)))
    assert chain.shape == done.shape == (1, 2)
    assert torch.equal(done.train.x, toy().train.x[:, 2:4])


def test_nan_in_training_rows_is_refused_by_name():
    x = torch.tensor([[0.0], [float("nan")]])
    with pytest.raises(ValueError, match="rows to fit Standardise to: 1 NaN"):
        Standardise().fit(x, (1,))


def test_a_step_for_the_targets_does_not_clip_them():
    y = torch.tensor([[1.0], [3.0]])
    fitted = Scale(column="y").fit(y, (1,))
    assert fitted(torch.tensor([[5.0]])).tolist() == [[2.0]]
    assert Scale().fit(y, (1,))(torch.tensor([[5.0]])).tolist() == [[1.0]]


@pytest.mark.parametrize("transform", [Scale(), Scale(divide=4.0), Standardise()])
def test_what_is_undone_is_what_there_was(transform):
    x = toy().train.x
    fitted = transform.fit(x, (6,))
    assert not torch.allclose(fitted(x), x)
    torch.testing.assert_close(fitted.inverse(fitted(x)), x)


def test_what_loses_values_cannot_be_undone():
    x = toy().train.x / 10
    with pytest.raises(ValueError, match="Binarise cannot be undone"):
        Binarise().fit(x, (6,)).inverse(x)
