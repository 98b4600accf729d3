import csv

import numpy as np

from tests.apply.learned import coder, hasher


def test_the_nearest_training_rows_are_written(harmonium, tmp_path):
    result = harmonium("retrieve", hasher().path, "-o", "found.csv", "-k", "3")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "found.csv: 500 rows, each with the nearest 3 of 1297\n"
    head, *lines = csv.reader((tmp_path / "found.csv").read_text().splitlines())
    assert head == ["row_1", "row_2", "row_3", "distance_1", "distance_2", "distance_3"]
    assert len(lines) == 500
    harmonium("retrieve", hasher().path, "-o", "found.npy", "-k", "3", "--index", "here")
    rows = np.load(tmp_path / "found.npy")
    assert rows.tolist() == [[int(cell) for cell in line[:3]] for line in lines]
    assert (tmp_path / "here" / "index.json").exists()


def test_what_cannot_be_searched_is_refused(refused, tmp_path):
    assert "gives rows addresses of bits" in refused("retrieve", coder().path, "-o", "x.csv")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    line = ("retrieve", hasher().path, "-o", "x.csv", "--index", "full")
    assert "holds other things" in refused(*line)
    assert "k is 9999, but the index holds 1297 rows" in refused(
        "retrieve", hasher().path, "-o", "x.csv", "-k", "9999"
    )
