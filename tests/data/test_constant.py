"""Features that hardly change are left out."""

import pytest
import torch

from harmonium.data.constant import DropConstant

ROWS = torch.tensor([[1.0, 5.0, 0.0], [2.0, 5.0, 0.01], [3.0, 5.0, 0.0]])


def test_only_changing_features_remain():
    assert DropConstant().fit(ROWS, (3,)).shape == (2,)
    fitted = DropConstant(floor=0.1).fit(ROWS, (3,))
    assert torch.equal(fitted(ROWS), ROWS[:, :1])
    assert fitted.shape == (1,)


def test_the_training_rows_decide():
    fitted = DropConstant(floor=0.1).fit(ROWS, (3,))
    assert fitted(torch.tensor([[7.0, 8.0, 9.0]])).tolist() == [[7.0]]


def test_it_is_restored_from_its_state():
    fitted = DropConstant().fit(ROWS, (1, 3))
    again = DropConstant().restore(fitted.state())
    assert torch.equal(again(ROWS), fitted(ROWS))
    assert again.shape == fitted.shape == (2,)


@pytest.mark.parametrize(
    ("rows", "said"), [(ROWS[:1], "at least two"), (torch.ones(3, 3), "lower the floor")]
)
def test_nothing_left_is_an_error(rows, said):
    with pytest.raises(ValueError, match=said):
        DropConstant().fit(rows, (3,))
