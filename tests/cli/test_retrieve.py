import csv

import numpy as np
import pytest

from tests.apply.embedded import run
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


def test_the_verb_takes_words_or_rows(harmonium, tmp_path):
    asked = ["--words", "red circle", "--words", "blue"]
    done = harmonium("retrieve", run().path, "-o", "a.csv", "-k", "2", *asked)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "a.csv: 2 rows, each with the nearest 2 rows\n"
    head, *lines = csv.reader((tmp_path / "a.csv").read_text().splitlines())
    assert head == ["name", "row_1", "row_2", "similarity_1", "similarity_2"]
    assert [line[0] for line in lines] == ["red circle", "blue"]
    done = harmonium("retrieve", run().path, "-o", "b.csv", "-k", "2", "--asks", "picture")
    assert done.stdout == "b.csv: 100 rows, each with the nearest 2 words\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["--words", "crimson"], "the word 'crimson' is not among the 29 that the run knows"),
        (["--asks", "tags"], "no part 'tags' in a row of shapes: picture, words"),
        (["-k", "999"], "k is 999, but there are 600 training rows"),
        (["-k", "30", "--asks", "picture"], "k is 30, but there are 29 words"),
        (["--index", "here"], "a search in a joint space needs no index"),
    ],
)
def test_what_is_refused(line, message, refused):
    assert message in refused("retrieve", run().path, "-o", "x.csv", *line)


def test_a_run_without_a_joint_space_is_refused(refused):
    found = refused("retrieve", coder().path, "-o", "x.csv", "--words", "red")
    assert "no model of this run lays the parts of a row into one space" in found
