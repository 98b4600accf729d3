import csv

import numpy as np
from PIL import Image

from harmonium.apply import Trained, predict
from tests.apply.learned import bits, classifier


def table(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def test_labels_and_probabilities_with_classes_as_columns(harmonium, tmp_path):
    result = harmonium("predict", classifier().path, "-o", "p.csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "p.csv: 500 rows, 10 classes\n"
    rows = table(tmp_path / "p.csv")
    assert list(rows[0]) == ["label", *"0123456789"]
    labels, p = predict(classifier(), Trained(classifier()).dataset().test)
    assert [row["label"] for row in rows] == labels.tolist()
    found = np.array([[row[c] for c in "0123456789"] for row in rows], dtype=np.float32)
    assert np.allclose(found, p, atol=1e-6)
    assert np.allclose(found.sum(1), 1, atol=1e-5)


def test_pictures_keep_their_names(harmonium, tmp_path):
    (tmp_path / "pictures").mkdir()
    x = Trained(classifier()).dataset().test.x[:4].reshape(4, 8, 8)
    for k, pixels in enumerate((255 * x).round().byte().numpy()):
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{3 - k}.png")
    assert harmonium("predict", classifier().path, "-i", "pictures", "-o", "p.csv").exit_code == 0
    rows = table(tmp_path / "p.csv")
    assert [row["name"].rsplit("/")[-1] for row in rows] == [f"{k}.png" for k in range(4)]


def test_a_run_without_net_is_refused_before_anything_is_written(refused, tmp_path):
    message = refused("predict", bits().path, "-o", "p.csv")
    assert "no model of this run finds the class of a row: add a fine_tune section" in message
    assert not (tmp_path / "p.csv").exists()
