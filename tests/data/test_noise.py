"""Batch transforms: the right share, the right values, repeatable from a source."""

import pytest
import torch

from harmonium.data.noise import Corrupt, Sampled


def seeded():
    return torch.Generator().manual_seed(0)


X = torch.full((200, 100), 0.3)


@pytest.mark.parametrize("kind", ["masking", "salt_pepper", "gaussian", "uniform"])
def test_the_share_is_hit_and_the_rest_left(kind):
    y = Corrupt(kind, share=0.2)(X, seeded())
    hit = (y != X).double().mean()
    assert abs(hit - 0.2) < 5 * (0.2 * 0.8 / X.numel()) ** 0.5
    assert torch.equal(X, torch.full((200, 100), 0.3))
    assert torch.equal(y, Corrupt(kind, share=0.2)(X, seeded()))
    assert torch.equal(Corrupt(kind, share=0.0)(X), X)


def test_masking_gives_0_and_salt_and_pepper_0_or_1():
    assert Corrupt("masking", share=1.0)(X).unique().tolist() == [0]
    y = Corrupt("salt_pepper", share=1.0)(X, seeded())
    assert y.unique().tolist() == [0, 1]
    assert abs(y.mean() - 0.5) < 5 * 0.5 / X.numel() ** 0.5


def test_gaussian_noise_has_its_deviation():
    noise = Corrupt("gaussian", share=1.0, std=2.0)(X, seeded()) - X
    assert abs(noise.mean()) < 5 * 2 / X.numel() ** 0.5
    assert noise.std() == pytest.approx(2, rel=0.03)


def test_uniform_noise_lies_between_its_ends():
    y = Corrupt("uniform", share=1.0, low=-1.0, high=3.0)(X, seeded())
    assert -1 <= float(y.min()) < -0.99
    assert 2.99 < float(y.max()) <= 3
    assert float(y.std()) == pytest.approx(4 / 12**0.5, rel=0.02)


def test_dropout_scales_what_is_left():
    y = Corrupt("dropout", share=0.2)(X, seeded())
    torch.testing.assert_close(y.unique(), torch.tensor([0.0, 0.3 / 0.8]))
    torch.testing.assert_close(y, Corrupt("masking", share=0.2)(X, seeded()) / 0.8)
    assert torch.equal(Corrupt("dropout", share=0.0)(X), X)


MEANS = {
    "masking": (1 - 0.25) * 0.3,
    "dropout": 0.3,
    "salt_pepper": (1 - 0.25) * 0.3 + 0.25 / 2,
    "gaussian": 0.3,
    "uniform": (1 - 0.25) * 0.3 + 0.25 * (0.2 + 0.6) / 2,
}


@pytest.mark.parametrize("kind", MEANS)
def test_the_mean_of_a_corrupted_value_is_that_of_its_formula(kind):
    x = torch.full((100_000,), 0.3, dtype=torch.float64)
    y = Corrupt(kind, share=0.25, low=0.2, high=0.6)(x, seeded())
    assert abs(float(y.mean()) - MEANS[kind]) < 4 * float(y.std()) / len(x) ** 0.5


def test_sampled_draws_bits_anew_from_the_source():
    source = seeded()
    first, second = Sampled()(X, source), Sampled()(X, source)
    assert first.unique().tolist() == [0, 1]
    assert not torch.equal(first, second)
    assert torch.equal(first, Sampled()(X, seeded()))


def test_unusable_settings_are_refused():
    with pytest.raises(ValueError, match="'salt': there are 'masking', 'dropout'"):
        Corrupt("salt")
    with pytest.raises(ValueError, match=r"share 1.5.*\[0, 1\]"):
        Corrupt(share=1.5)
    with pytest.raises(ValueError, match="leaves no value: give a share below 1"):
        Corrupt("dropout", share=1.0)

    with pytest.raises(ValueError, match="low 2.0, high 1.0: low is at most high"):
        Corrupt("uniform", low=2.0)
