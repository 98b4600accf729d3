"""Readers of time series: tables, archive files, pieces, unequal lengths, errors."""

import lzma

import pytest
import torch

from harmonium.data import Series, motions, series, vowels


def table(folder, rows=20, head="day,warm,wet"):
    path = folder / "weather.csv"
    lines = [f"{k},{k % 7},{(k * k) % 5}" for k in range(rows)]
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


def archive(folder):
    path = folder / "words.ts.xz"
    text = "@problemName words\n@data\n1,2,3:4,5,6:up\n7,8:9,10:down\n0,1,2,3:5,5,5,5:up\n"
    path.write_bytes(lzma.compress(text.encode()))
    return path


def test_the_last_frames_of_a_table_are_the_test(tmp_path):
    found = series(table(tmp_path), 0.25, time="day")
    assert found.columns["x"] == Series(("warm", "wet"), 15)
    train, test = (s.batch(slice(None)) for s in (found.train, found.test))
    assert train["x"].shape == test["x"].shape == (1, 15, 2)
    assert test["length"].tolist() == [5.0]
    frames = train["x"][0]
    torch.testing.assert_close(frames.mean(0), torch.zeros(2), atol=1e-6, rtol=0)
    torch.testing.assert_close(frames.std(0, correction=0), torch.ones(2))
    raw = torch.arange(15.0) % 7
    after = (torch.arange(15.0, 20.0) % 7 - raw.mean()) / raw.std(correction=0)
    torch.testing.assert_close(test["x"][0, :5, 0], after)
    assert bool((test["x"][0, 5:] == 0).all())


def test_pieces_overlap_and_a_short_rest_is_left_out(tmp_path):
    found = series(table(tmp_path), None, time="day", length=8, overlap=2, channels=["warm"])
    x = found.train.batch(slice(None))["x"]
    assert x.shape == (3, 8, 1)
    assert torch.equal(x[0, 6:], x[1, :2])
    assert found.test is None


def test_series_of_an_archive_have_labels_and_their_own_length(tmp_path):
    found = series(archive(tmp_path), 1 / 3)
    assert found.classes == ("down", "up")
    train = found.train.batch(slice(None))
    assert train["length"].tolist() == [3.0, 2.0]
    assert train["y"].tolist() == [1, 0]
    assert train["x"].shape == (2, 4, 2)
    assert bool((train["x"][1, 2:] == 0).all())
    ratio = (train["x"][0, 1] - train["x"][0, 0]) / (train["x"][1, 1] - train["x"][1, 0])
    torch.testing.assert_close(ratio, torch.ones(2))


def test_a_test_file_is_scaled_by_the_training_frames(tmp_path):
    path = table(tmp_path)
    found = series(path, path, time="day")
    assert torch.equal(found.train.x, found.test.x)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"time": "hour"}, "no column 'hour'; there are 'day', 'warm', 'wet'"),
        ({"channels": ["dry"]}, "no column 'dry'"),
        ({"length": 50}, "no series of 50 frames: make length smaller"),
        ({"length": 5, "overlap": 5}, "below the length 5 is needed"),
        ({"test": 1.0}, "leaves no training rows"),
        ({"overlap": 2}, "only pieces overlap: give their length"),
        ({"length": 5, "test": 0.1}, "no test series of 5 frames"),
        ({"channels": []}, "no column is left as channel"),
    ],
)
def test_settings_that_do_not_fit_are_refused(tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        series(table(tmp_path), **{"test": None, **settings})


def test_a_value_that_is_no_number_is_named_with_its_line(tmp_path):
    path = table(tmp_path)
    path.write_text(path.read_text().replace("3,3,4", "3,dry,4"))
    with pytest.raises(
        ValueError, match=r"weather.csv, line 5, column 'warm': 'dry' is no finite"
    ):
        series(path)
    with pytest.raises(FileNotFoundError, match="no such file"):
        series(tmp_path / "nothing.csv")
    path.write_text("warm,warm\n1,2\n")
    with pytest.raises(ValueError, match="2 columns 'warm'"):
        series(path)
    path = tmp_path / "weather.csv.xz"
    path.write_bytes(lzma.compress("wärm\n1\n".encode("latin-1")))
    with pytest.raises(ValueError, match=r"weather.csv.xz: not text in UTF-8"):
        series(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,2:3:up", "line 1: no series of numbers"),
        ("1,2,3", "line 1: no colon in it"),
        ("1,nan:2,3:up", "line 1: a value is no finite number"),
        ("@data", "no series in it"),
    ],
)
def test_lines_of_an_archive_that_are_no_series_are_named(tmp_path, line, message):
    damaged = tmp_path / "damaged.ts"
    damaged.write_text(f"{line}\n")
    with pytest.raises(ValueError, match=f"damaged.ts.*{message}"):
        series(damaged)


def test_an_archive_without_labels_has_none(tmp_path):
    path = tmp_path / "plain.ts"
    path.write_text("@classLabel false\n@data\n1,2,3:4,5,6\n1,2,4:4,5,6\n")
    found = series(path, None)
    assert found.columns["x"] == Series(2, 3)
    assert not found.classes


def test_empty_lines_are_left_out(tmp_path):
    path = table(tmp_path)
    whole = series(path, None, time="day").train.x
    path.write_text(path.read_text().replace("\n3,", "\n\n3,") + "\n")
    assert torch.equal(series(path, None, time="day").train.x, whole)


def test_columns_of_a_test_file_are_found_by_name(tmp_path):
    path, other = tmp_path / "one.csv", tmp_path / "other.csv"
    lines = [line.split(",") for line in table(tmp_path).read_text().split()]
    path.write_text("".join(f"{warm},{wet}\n" for _, warm, wet in lines))
    other.write_text("".join(f"{wet},{warm}\n" for _, warm, wet in lines))
    found = series(path, other)
    assert torch.equal(found.train.x, found.test.x)


@pytest.mark.data
def test_motions_are_forty_and_forty_series():
    found = motions()
    assert (len(found.train), len(found.test)) == (40, 40)
    assert found.train.batch(slice(2))["x"].shape == (2, 100, 6)
    assert len(found.classes) == 4


@pytest.mark.data
def test_vowels_are_utterances_of_nine_men():
    found = vowels(standardise=False)
    assert (len(found.train), len(found.test)) == (270, 370)
    assert found.classes == tuple("123456789")
    length = torch.cat([found.train.columns["length"], found.test.columns["length"]])
    assert (int(length.min()), int(length.max())) == (7, 29)
    torch.testing.assert_close(found.train.x[0, 0], torch.tensor(1.860936))


def test_values_stay_as_they_are_where_nothing_is_standardised(tmp_path):
    found = series(table(tmp_path), None, time="day", standardise=False)
    assert found.train.batch(slice(None))["x"][0, :3].tolist() == [[0, 0], [1, 1], [2, 4]]


def test_times_of_a_table_are_checked(tmp_path):
    path = table(tmp_path)
    path.write_text(path.read_text().replace("\n3,3,4\n", "\n"))
    with pytest.raises(ValueError, match="1 gap between times in steps of 1: line 5, 4 follows 2"):
        series(path, time="day")
    whole = series(path, None, time="day", missing="interpolate", standardise=False)
    assert whole.train.batch(slice(None))["x"][0, 3].tolist() == [3, 2.5]
