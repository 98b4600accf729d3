"""Transforms one after the other: fitted, applied to their column, undone, restored to the bit."""

import pytest
import torch

from harmonium.data.chain import Chain, fit_all
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Numbers, Picture
from harmonium.data.transforms import Crop, Reshape, Scale, Standardise


def toy(*, shape=(2, 3)):
    rows = torch.rand(20, 6, generator=torch.Generator().manual_seed(0)) * 9 + 1
    return DataSet("toy", Split(rows[:12]), test=Split(10 * rows[12:]), shape=shape)


def real(**more):
    x = torch.arange(8.0)[:, None]
    y = torch.stack([3 * x[:, 0] + 1, -x[:, 0]], 1)
    parts = {"validation": Split(x[6:]), "test": Split(x[4:6], y[4:6]), **more}
    columns = {"y": Numbers((2,), ("up", "down"))}
    return DataSet("real", Split(x[:4], y[:4]), columns=columns, **parts)


def test_the_targets_are_standardised_by_the_training_rows():
    chain, done = fit_all([Standardise(column="y")], real())
    y = real().train.y
    torch.testing.assert_close(done.train.y.mean(0), torch.zeros(2), atol=1e-6, rtol=0)
    expected = (real().test.y - y.mean(0)) / y.std(0, correction=0)
    torch.testing.assert_close(done.test.y, expected)
    assert torch.equal(done.train.x, real().train.x)
    assert done.validation.y is None
    assert done.targets == ("up", "down")
    torch.testing.assert_close(chain.back(done.test.y), real().test.y)


def test_each_step_acts_on_its_column_alone():
    transforms = [Standardise(column="y"), Scale(divide=2.0), Scale(divide=5.0, column="y")]
    chain, done = fit_all(transforms, real())
    again = Chain.restore(transforms, chain.state())
    assert torch.equal(again(real().test.x), real().test.x / 2)
    assert torch.equal(done.test.x, real().test.x / 2)
    assert [len(again.of(name)) for name in ("x", "y")] == [1, 2]
    torch.testing.assert_close(again.back(done.test.y), real().test.y)
    assert again.shape == (1,)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (toy(), "toy has no real targets, it has none: leave this transform out, or set `target`"),
        (
            DataSet("cats", Split(torch.rand(3, 1), torch.tensor([0, 1, 0])), classes=("a", "b")),
            "cats has no real targets, its labels are classes",
        ),
    ],
)
def test_targets_that_are_not_there_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        fit_all([Standardise(column="y")], data)


def test_the_kind_follows_the_shape():
    assert fit_all([Standardise()], toy())[1].columns["x"] == Picture((1, 2, 3))
    assert fit_all([Reshape((6,))], toy())[1].columns["x"] == Numbers((6,))
    assert fit_all([Reshape((1, 2, 3))], toy())[1].columns["x"].stored == (1, 2, 3)


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


def test_undoing_is_of_one_column():
    chain, done = fit_all([Scale(divide=2.0), Scale(divide=5.0, column="y")], real())
    torch.testing.assert_close(chain.back(done.test.x, column="x"), real().test.x)
    torch.testing.assert_close(chain.back(done.test.y), real().test.y)
