"""Windows of a series: origins, splits in the order of time, names, refusals, known sets."""

import pytest
import torch

from harmonium.data import Numbers, Series, co2, sunspots, windows
from harmonium.data.windows import frames_of


def table(folder, rows=20):
    path = folder / "rain.csv"
    lines = [f"{2000 + k},{k},{-k}" for k in range(rows)]
    path.write_text("\n".join(["year,rain,snow", *lines]) + "\n")
    return path


def read(folder, test=0.25, **settings):
    given = {"context": 4, "horizon": 2, "time": "year", "validation": 0.2, **settings}
    return windows(table(folder), test, **given)


def test_every_time_with_enough_frames_around_it_is_an_origin(tmp_path):
    found = read(tmp_path)  # 11 training frames, 4 of validation, 5 of test
    assert found.columns["x"] == Series(("rain", "snow"), 4)
    names = ("rain +1", "snow +1", "rain +2", "snow +2")
    assert found.columns["y"] == Numbers((4,), names)
    assert found.train.x[:, ::2].tolist() == [[k, k + 1, k + 2, k + 3] for k in range(6)]
    assert found.train.y[:, ::2].tolist() == [[k + 4, k + 5] for k in range(6)]
    assert found.train.names[0] == "2003"


def test_no_frame_is_predicted_in_two_parts(tmp_path):
    parts = read(tmp_path).splits()
    predicted = {name: {*split.y[:, ::2].flatten().tolist()} for name, split in parts.items()}
    assert predicted["train"] == {*range(4, 11)}
    assert predicted["validation"] == {*range(11, 15)}
    assert predicted["test"] == {*range(15, 20)}


def test_consecutive_windows_are_the_series_again(tmp_path):
    batch = read(tmp_path).train.batch(slice(None))
    frames = frames_of(batch["x"], batch["y"].reshape(-1, 2, 2))
    assert torch.equal(frames[:, 0], torch.arange(11.0))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"horizon": 6}, "rain, validation: 4 of 20 frames are left to be predicted"),
        ({"context": 10}, "rain, train: 1 of 20 frames are left to be predicted"),
        ({"time": "day"}, "no column 'day'"),
    ],
)
def test_parts_that_are_too_short_are_refused(tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, **settings)


def test_there_may_be_no_validation_and_no_test(tmp_path):
    found = read(tmp_path, None, validation=None)
    assert [*found.splits()] == ["train"]
    assert len(found.train) == 15


def test_a_known_set_that_is_not_there_says_where_it_is_from(tmp_path, monkeypatch):
    monkeypatch.setenv("HARMONIUM_DATA", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(FileNotFoundError, match="package statsmodels"):
        sunspots()


@pytest.mark.data
def test_the_known_sets():
    found = sunspots()
    assert [len(s) for s in found.splits().values()] == [131, 52, 52]
    assert found.test.names[0] == "1946"
    found = co2()
    assert found.test.x.isfinite().all()
    assert found.train.names[0] == "19600319"
