"""Files of series: missing values, times that are left out, archives with gaps and stamps."""

import pytest
import torch

from harmonium.data.series_files import interpolated, of_archive, of_table
from harmonium.errors import DataError


def written(folder, text, name="x.csv"):
    path = folder / name
    path.write_text(text)
    return path


def test_a_missing_value_is_refused_or_filled_in(tmp_path):
    path = written(tmp_path, "t,a,b\n1,1,8\n2,,9\n3,5,NA\n4,7,12\n")
    with pytest.raises(DataError, match=r"line 3, column 'a': '' .* set `missing` to interpolate"):
        of_table(path, "t")
    found = of_table(path, "t", missing="interpolate")
    assert found.frames.tolist() == [[1, 8], [3, 9], [5, 10.5], [7, 12]]
    assert found.channels == ("a", "b")


def test_a_time_that_is_left_out_is_named_or_filled_in(tmp_path):
    path = written(tmp_path, "day,a\n2000-01-01,1\n2000-01-02,2\n2000-01-05,5\n")
    with pytest.raises(DataError, match="1 gap between times in steps of 1 days: line 4, "
                       "2000-01-05 follows 2000-01-02, 2 left out"):  # fmt: skip
        of_table(path, "day")
    found = of_table(path, "day", missing="interpolate")
    assert found.frames.flatten().tolist() == [1, 2, 3, 4, 5]
    assert found.times.text(5) == "2000-01-06"


def test_nothing_is_made_up_beyond_the_ends():
    with pytest.raises(DataError, match="x: a channel ends with a missing value"):
        interpolated(torch.tensor([[1.0], [torch.nan]]), where="x")
    with pytest.raises(DataError, match="x: a channel begins with a missing value"):
        interpolated(torch.tensor([[torch.nan], [1.0]]), where="x")


def test_text_is_no_missing_value(tmp_path):
    path = written(tmp_path, "t,a\n1,1\n2,wet\n")
    with pytest.raises(DataError, match="line 3, column 'a': 'wet' is no finite number"):
        of_table(path, "t", missing="interpolate")


def test_an_archive_with_gaps_and_one_with_stamps(tmp_path):
    path = written(tmp_path, "@missing true\n@data\n1,?,3:4,5,6:up\n", "x.ts")
    with pytest.raises(DataError, match="x.ts, line 3: a value is no finite number"):
        of_archive(path)
    assert of_archive(path, "interpolate").frames[0].tolist() == [[1, 4], [2, 5], [3, 6]]
    path = written(tmp_path, "@timeStamps true\n@data\n(0,1),(1,2):up\n", "y.ts")
    with pytest.raises(DataError, match="y.ts, line 1: series with time stamps are not read"):
        of_archive(path)
