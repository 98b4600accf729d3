"""Series from users as one batch."""

import numpy as np
import pytest
import torch

from harmonium.errors import UsageError
from harmonium.estimators.listed_series import as_series, is_table


def test_series_of_any_length_and_type_become_one_batch():
    x = as_series([np.ones((2, 2), dtype=np.float32), torch.zeros(3, 2)])
    assert x.dtype == torch.float32
    assert x.shape == (2, 3, 2)
    assert x.isnan().all(2).tolist() == [[False, False, True], [False] * 3]
    assert as_series([[1, 2], [3, 4, 5]]).dtype == torch.float64
    assert as_series(np.zeros((4, 3, 2))).shape == (4, 3, 2)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "X has no series"),
        ([np.zeros((2, 2)), np.zeros((2, 3))], "X, series 1: 3 channels, and the first one has 2"),
        ([np.zeros((0, 2))], r"X, series 0: an array of shape \(0, 2\)"),
        ([np.full((2, 1), np.nan)], "X, series 0: a value is NaN or infinite"),
        ([np.array(["a", "b"])], "could not convert string to float"),
    ],
)
def test_what_is_no_series_is_refused(X, message):
    with pytest.raises(UsageError, match=message):
        as_series(X)


def test_tables_are_told_from_lists_of_series():
    assert is_table([[1, 2], [3, 4]])
    assert not is_table([np.zeros(3)])
    assert not is_table([[[1, 2], [3, 4]]])
    assert not is_table(np.zeros((2, 3, 1)))
