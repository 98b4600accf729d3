import json

import numpy as np
from PIL import Image


def test_ls_says_where_the_sets_are(harmonium):
    found = json.loads(harmonium("data", "ls", "--json").stdout)
    places = {row["set"]: row["place"] for row in found}
    assert places["digits"] == "in sklearn"
    assert {"mnist", "fashion_mnist"} <= set(places)
    assert "digits" in harmonium("data", "ls").stdout


def test_info_of_a_set(harmonium, refused):
    found = json.loads(harmonium("data", "info", "mnist", "--json").stdout)
    assert found["rows"] == {"train": 60000, "test": 10000}
    assert "licence: CC BY-SA 3.0" in harmonium("data", "info", "mnist").stdout
    assert "did you mean 'mnist'" in refused("data", "info", "mnits")


def test_get_of_what_is_there(harmonium, refused):
    assert harmonium("data", "get", "digits").stdout == "in sklearn\n"
    assert "did you mean 'fashion_mnist'" in refused("data", "get", "fashion-mnist")


def test_preview_of_a_known_set(harmonium, tmp_path):
    result = harmonium("data", "preview", "digits", "--json", "-o", "d.png")
    found = json.loads(result.stdout)
    assert result.stderr == "wrote d.png\n"
    assert found["splits"]["train"]["rows"] == 1297
    assert sum(found["splits"]["test"]["classes"].values()) == 500
    with Image.open(tmp_path / "d.png") as picture:
        assert picture.size[0] > 64


def test_preview_of_a_file(harmonium, tmp_path):
    np.savez(tmp_path / "mine.npz", x=np.eye(4), y=["cat", "dog", "cat", ""])
    text = harmonium("data", "preview", "mine.npz").stdout
    assert "mine: each row 4, 2 classes" in text
    lines = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line}
    assert lines["train"] == ["4", "0", "1", "0.25", "1"]
    assert (lines["cat"], lines["dog"]) == (["2"], ["1"])


def test_preview_of_a_table_with_or_without_a_header(harmonium, refused, tmp_path):
    (tmp_path / "t.csv").write_text("0,1\n1,0\n0,1\n1,1\n")
    assert "set header to true or false" in refused("data", "preview", "t.csv")
    for option, rows in (("--header", 3), ("--no-header", 4)):
        found = json.loads(harmonium("data", "preview", "t.csv", option, "--json").stdout)
        assert found["splits"]["train"]["rows"] == rows
    np.save(tmp_path / "x.npy", np.eye(3))
    assert "only tables have a header" in refused("data", "preview", "x.npy", "--header")


def test_preview_of_real_targets(harmonium):
    text = harmonium("data", "preview", "diabetes").stdout
    assert "diabetes: each row 10, real targets progression" in text
    rows = [line.split() for line in text.splitlines() if line.startswith("progression")]
    assert [row[1:4] for row in rows] == [["train", "25", "346"], ["test", *rows[1][2:4]]]
    found = json.loads(harmonium("data", "preview", "diabetes", "--json").stdout)
    assert found["targets"] == ["progression"]
    assert found["splits"]["train"]["targets"]["progression"]["smallest"] == 25
    assert "classes" not in found["splits"]["train"]


def test_preview_of_a_table_with_labels_and_ids(harmonium, refused, tmp_path):
    (tmp_path / "t.csv").write_text("key,a,kind\nP1,1,cat\nP2,2,\nP3,4,dog\n")
    assert "name the column as label or id" in refused("data", "preview", "t.csv")
    line = ("data", "preview", "t.csv", "--label", "kind", "--id", "key")
    text = harmonium(*line).stdout
    assert "t: each row 1, 2 classes" in text
    assert "1 of 3 train rows have no label\n" in text
    assert harmonium("data", "preview", "t.csv", "--label", "-1", "--ignore", "0").stdout == text
    values = harmonium("data", "preview", "t.csv", "--target", "a", "--label", "kind")
    assert "give one of them" in values.stderr
    np.save(tmp_path / "x.npy", np.eye(3))
    for role in ("label", "id", "ignore", "target"):
        assert f"only tables have a {role}" in refused(
            "data", "preview", "x.npy", f"--{role}", "a"
        )
