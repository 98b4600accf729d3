"""Robustness: the accuracy on moved pictures, of a model whose answer is known."""

import pytest
import torch

from harmonium.data import DataSet, Split, digits_set
from harmonium.judges.robustness import Robustness, robustness, spread
from tests.stages import small

SIZE = 15


class ByPlace:
    """Decides by the quadrant of the brightest pixel."""

    def batches(self, rows, size=10_000):
        return rows.batches(size)

    def decide(self, batch):
        place = batch["x"].flatten(1).argmax(1)
        return 2 * (place // SIZE > 7).long() + (place % SIZE > 7).long()


def spots():
    """One bright pixel at every place two pixels or more from the edge; the class is its place."""
    places = [(r, c) for r in range(2, 13) for c in range(2, 13)]
    x = torch.zeros(len(places), SIZE, SIZE)
    for k, (r, c) in enumerate(places):
        x[k, r, c] = 1.0
    y = torch.tensor([2 * (r > 7) + (c > 7) for r, c in places])
    data = DataSet("spots", Split(x.flatten(1), y), shape=(SIZE, SIZE), classes=tuple("abcd"))
    return data.train


def test_shifts_are_counted_by_hand():
    found = robustness(ByPlace(), spots(), shifts=(-2, 0, 1), rotations=(), scales=())["shift"]
    # moved left by two (columns 8, 9 cross), right by one (column 7 crosses); down likewise
    assert found == pytest.approx({-2: 9 / 11, 0: 1.0, 1: 10 / 11})


def test_half_a_turn_and_no_change():
    found = robustness(ByPlace(), spots(), shifts=(), rotations=(0, 180), scales=(1.0,))
    assert found["rotation"][0] == found["scale"][1.0] == 1.0
    # rows and columns 7 stay where they are: they are in the lower half by neither count
    middle = sum((r == 7) + (c == 7) > 1 for r in range(2, 13) for c in range(2, 13))
    assert found["rotation"][180] == pytest.approx(middle / 121, abs=1e-6)


NET = {
    "model": {"type": "mlp", "units": [64, 16, 10]},
    "pretrain": None,
    "fine_tune": None,
    "train": {"type": "supervised", "epochs": 4, "batch_size": 20},
    "judge": [{"type": "robustness", "rows": 200}],
}


def test_it_is_judged_on_pictures():
    task = small.tasks(data=digits_set(), **NET)[0]
    results = small.done(task)
    found = Robustness(shift=2, rows=200)(task.workspace)
    assert [*found] == ["shifted_accuracy", "rotated_accuracy", "scaled_accuracy"]
    model, test = task.workspace.models["machine"], task.workspace.data.test
    curve = robustness(model, spread(test, 200), shifts=(-2, -1, 1, 2), rotations=(), scales=())
    assert found["shifted_accuracy"] == pytest.approx(sum(curve["shift"].values()) / 4)
    whole = robustness(model, spread(test, 200), shifts=(0,), rotations=(), scales=())
    assert found["shifted_accuracy"] < whole["shift"][0]
    assert results is not None


def test_rows_that_are_no_pictures_are_refused():
    flat = {"type": "mlp", "units": [6, 2]}
    with pytest.raises(ValueError, match="judge robustness: toy: rows of shape .6,. are no pict"):
        small.tasks(**{**NET, "model": flat})
    with pytest.raises(ValueError, match="scale is 1.0: give a share below 1"):
        Robustness(scale=1.0)(small.one())
