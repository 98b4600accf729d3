"""What a new user does first: own pictures, no code."""

import json

import numpy as np
import pytest
from PIL import Image

from harmonium.data import digits


@pytest.fixture
def images(tmp_path):
    """A folder of small PNG files, a folder inside for each class."""
    found = digits()
    for k in range(150):
        folder = tmp_path / "images" / f"digit {int(found.train_labels[k])}"
        folder.mkdir(parents=True, exist_ok=True)
        pixels = (255 * found.train[k].reshape(8, 8)).round().byte().numpy()
        Image.fromarray(pixels).save(folder / f"{k:03}.png")
    return tmp_path / "images"


def test_from_a_folder_of_pictures_to_features_in_parquet(harmonium, images, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")

    def run(line):
        result = harmonium(*line.split())
        assert result.exit_code == 0, result.output
        return result.stdout

    assert run("init") == "recipe.yaml\n"
    assert run("data preview images --json -o preview.png")
    assert run("validate recipe.yaml") == "recipe.yaml: valid\n"
    path = run("train recipe.yaml pretrain.epochs=20 compare=[] threads=1").split("\n")[0]
    assert (tmp_path / path / "report.html").stat().st_size > 10_000
    assert run("report last") == f"{path}/report.html\n"

    found = json.loads(run("evaluate last --json"))
    assert found["rows"] == pytest.approx(30, abs=10)
    assert found["classes"] == [f"digit {k}" for k in range(10)]
    assert found["accuracy"] > 0.2  # of ten classes, from some 100 pictures

    run("encode last --input images --output features.parquet")
    table = parquet.read_table(tmp_path / "features.parquet")
    assert table.num_rows == 150
    assert table.column_names[:2] == ["name", "h2_0"]
    assert len(table.column_names) == 257
    names = table["name"].to_pylist()
    assert names == sorted(names)
    values = np.stack([table[name].to_numpy() for name in table.column_names[1:]])
    assert 0 <= values.min() < values.max() <= 1

    run("predict last --input images --output labels.csv")
    lines = (tmp_path / "labels.csv").read_text().splitlines()
    assert lines[0].startswith("name,label,digit 0,digit 1")
    right = [line.split("/")[-2].split(",")[-1] == line.split(",")[1] for line in lines[1:]]
    assert np.mean(right) > 0.5  # most of these rows were trained on
