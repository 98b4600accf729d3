"""Parameters that mean something, and refusals that name those that do not."""

import pytest
import torch

from harmonium.parameters import ABSURD, check_parameters, sound


def test_finite_values_below_the_limit_are_sound():
    x = torch.tensor([0.0, -9e7, ABSURD, float("nan"), float("inf")])
    assert sound(x).tolist() == [True, True, False, False, False]


def test_the_first_that_is_not_sound_is_named_with_its_count():
    good, bad = torch.zeros(3), torch.tensor([0.0, float("nan"), float("-inf"), 1e30])
    check_parameters({"a": good}, "file")
    with pytest.raises(ValueError, match="file: 2 of 4 values of b are not finite"):
        check_parameters({"a": good, "b": bad}, "file")
    with pytest.raises(ValueError, match=r"file: 1 of 4 values of b are larger than 1e\+08"):
        check_parameters({"b": torch.tensor([0, 1e30, 0, 0])}, "file")


def test_whole_numbers_pass():
    check_parameters({"shape": torch.tensor([8, 8]), "flags": torch.tensor([True])}, "file")
