import csv

import numpy as np
import pytest
from PIL import Image

from harmonium.apply import Trained, predict
from harmonium.training import train
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


KEYED = "key,a,b,kind,size\n" + "".join(
    f"P{k:02d},{k % 2},{k / 20},{'cat' if k % 2 else 'dog'},{k / 2}\n" for k in range(20)
)


@pytest.fixture(scope="module", params=["label", "target"])
def keyed(request, tmp_path_factory):
    """A run on a table with a column of ids: of classes, and of real targets."""
    place = tmp_path_factory.mktemp("keyed")
    (place / "all.csv").write_text(KEYED)
    predicted, other = {"label": ("kind", "size"), "target": ("size", "kind")}[request.param]
    source = {"type": "table", "train": str(place / "all.csv"), "id": "key", "test": 0.2}
    source |= {request.param: predicted, "ignore": [other]}
    objective, kind = {
        "label": ("cross_entropy", "classes"),
        "target": ("squared_error", "values"),
    }[request.param]
    model = {"type": "mlp", "units": [2, 3, 2 if kind == "classes" else 1], "outputs": kind}
    learned = train(
        {
            "data": {"source": source},
            "model": model,
            "train": {"type": "supervised", "objective": objective, "epochs": 1},
        },
        output=place,
    )
    return learned, predicted


def test_ids_of_a_table_are_the_first_column(harmonium, tmp_path, keyed):
    run, predicted = keyed
    whole = [line.split(",") for line in KEYED.splitlines()]
    texts = {}
    for name, left_out in {"all": (), "bare": (predicted,), "unnamed": ("key", predicted)}.items():
        kept = [k for k, title in enumerate(whole[0]) if title not in left_out]
        text = "\n".join(",".join(line[k] for k in kept) for line in whole)
        (tmp_path / f"{name}.csv").write_text(text)
        for verb in ("predict", "encode"):
            result = harmonium(verb, run.path, "-i", f"{name}.csv", "-o", f"{verb}-{name}.csv")
            assert (result.exit_code, result.stderr) == (0, "")
            texts[verb, name] = table(tmp_path / f"{verb}-{name}.csv")
    for verb in ("predict", "encode"):
        for name in ("all", "bare"):
            rows = texts[verb, name]
            assert next(iter(rows[0])) == "key"
            assert [row["key"] for row in rows] == [f"P{k:02d}" for k in range(20)]
        assert texts[verb, "all"] == texts[verb, "bare"]
        assert [row | {"key": f"P{k:02d}"} for k, row in enumerate(texts[verb, "unnamed"])] == (
            texts[verb, "all"]
        )
    harmonium("predict", run.path, "-o", "own.csv")
    own = {row["key"]: row for row in table(tmp_path / "own.csv")}
    assert len(own) == 4
    assert all(row in texts["predict", "all"] for row in own.values())
