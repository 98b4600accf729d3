"""Transforms: fitted to the training rows alone, restored to the bit, misfits refused."""

import pytest
import torch

from harmonium.data.dataset import DataSet, Split
from harmonium.data.transforms import (
    Binarise,
    Chain,
    Crop,
    Reshape,
    Scale,
    Standardise,
    fit_all,
)


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


def test_each_step_is_fitted_to_what_the_steps_before_it_leave():
    chain, _ = fit_all([Scale(divide=2.0), Standardise()], toy())
    torch.testing.assert_close(chain.steps[1].statistics["mean"], toy().train.x.mean(0) / 2)


def test_a_chain_is_restored_from_tensors_to_the_bit():
    transforms = [Scale(), Standardise(), Crop((1, 2))]
    chain, done = fit_all(transforms, toy())
    state = {key: value.clone() for key, value in chain.state().items()}
    assert all(isinstance(value, torch.Tensor) for value in state.values())
    again = Chain.restore(transforms, state)
    assert again.shape == (1, 2)
    assert torch.equal(again(toy().test.x), done.test.x)
    assert again.steps[2].shape_in == (2, 3)
    with pytest.raises(ValueError, match="state is of 3 transforms, 1 are given"):
        Chain.restore(transforms[:1], state)


def test_an_empty_chain_changes_nothing():
    chain, done = fit_all([], toy())
    assert torch.equal(Chain.restore([], chain.state())(done.train.x), toy().train.x)


def test_rows_unlike_those_of_the_fit_are_refused():
    chain, _ = fit_all([Standardise()], toy())
    with pytest.raises(ValueError, match=r"fitted to rows of 6 values .* got \(2, 5\)"):
        chain(torch.zeros(2, 5))


def test_nan_in_training_rows_is_refused_by_name():
    x = torch.tensor([[0.0], [float("nan")]])
    with pytest.raises(ValueError, match="rows to fit Standardise to: 1 NaN"):
        Standardise().fit(x, (1,))


def test_feature_names_stay_with_the_features():
    names = tuple("abcdef")
    named = DataSet("toy", toy().train, shape=(2, 3), features=names)
    assert fit_all([Scale()], named)[1].features == names
    assert fit_all([Crop((1, 1))], named)[1].features == ()


DAMAGE = {
    "a statistic is missing": lambda s: s.pop("0.mean"),
    "the shape is missing": lambda s: s.pop("shape"),
    "a shape of a step is missing": lambda s: s.pop("0.shape_in"),
    "of other rows": lambda s: s.update({"0.mean": torch.zeros(4)}),
    "a name without a number": lambda s: s.update({"mean": torch.zeros(4)}),
    "a shape that is none": lambda s: s.update({"0.shape_in": torch.tensor(3)}),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_state_is_refused(name):
    chain, _ = fit_all([Standardise()], toy())
    state = chain.state()
    DAMAGE[name](state)
    with pytest.raises(ValueError, match="the state is"):
        Chain.restore([Standardise()], state)
