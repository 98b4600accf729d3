import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from harmonium.apply import Trained, known_values, like_training, overview, read, rows_of
from harmonium.apply.reading import reader
from harmonium.training import train
from tests.apply.learned import classifier

NAN = math.nan


def test_the_reader_follows_the_suffix(tmp_path):
    for name in ("a.npy", "b.csv", "c.csv.gz", "d.parquet", "e.h5", "f.npz"):
        (tmp_path / name).touch()
    kinds = {name: reader(tmp_path / name) for name in ("a.npy", "b.csv", "c.csv.gz", "e.h5")}
    assert kinds == {"a.npy": "arrays", "b.csv": "table", "c.csv.gz": "table", "e.h5": "arrays"}
    assert reader(tmp_path) == "arrays"  # it holds .npy
    (tmp_path / "pictures").mkdir()
    assert reader(tmp_path / "pictures") == "image_folder"


def test_what_no_reader_takes_is_said(tmp_path):
    (tmp_path / "a.docx").touch()
    with pytest.raises(ValueError, match=r"a\.docx: \.docx is not a format to read; it can be"):
        reader(tmp_path / "a.docx")
    with pytest.raises(FileNotFoundError, match=r"b\.npy: no such file"):
        reader(tmp_path / "b.npy")


def test_known_sets_are_read_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read("digits").shape == (8, 8)
    (tmp_path / "digits").mkdir()
    np.save(tmp_path / "digits" / "x.npy", np.zeros((3, 2), dtype=np.float32))
    assert read("digits").shape == (2,)  # a folder of this name comes first


def test_the_overview_counts(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,kind\n0,1,cat\n2,3,dog\n4,5,cat\n4,6,\n")
    found = overview(read(tmp_path / "t.csv", label="kind"))
    assert found["splits"]["train"]["rows"] == 4
    assert found["splits"]["train"]["range"] == (0.0, 6.0)
    assert found["splits"]["train"]["classes"] == {"cat": 2, "dog": 1}
    assert found["splits"]["train"]["unlabelled"] == 1
    assert found["classes"] == ("cat", "dog")


@pytest.fixture(scope="module")
def flowers(tmp_path_factory):
    """A run on a table with a column of labels."""
    place = tmp_path_factory.mktemp("flowers")
    rows = [f"{k % 2},{(k + 1) % 2},{'rose' if k % 2 else 'iris'}" for k in range(20)]
    (place / "train.csv").write_text("\n".join(["a,b,kind", *rows]) + "\n")
    recipe = {
        "data": {"source": {"type": "table", "train": str(place / "train.csv"), "label": "kind"}},
        "model": {"type": "belief_net", "units": [2, 3]},
        "pretrain": {"type": "greedy", "epochs": 1},
        "fine_tune": {"type": "classify", "epochs": 1},
    }
    return Trained(train(recipe, output=place / "runs"))


@pytest.mark.parametrize("text", ["a,b,kind\n0,1,iris\n1,0,rose\n", "a,b\n0,1\n1,0\n"])
def test_labels_may_be_missing_in_what_is_predicted(flowers, tmp_path, text):
    (tmp_path / "new.csv").write_text(text)
    found = like_training(flowers, tmp_path / "new.csv")
    assert found.train.x.tolist() == [[0, 1], [1, 0]]
    assert found.classes in {("iris", "rose"), ()}


def test_columns_in_another_order_give_the_same_rows(flowers, tmp_path):
    (tmp_path / "new.csv").write_text("kind,b,a\niris,1,0\nrose,0,1\n")
    found = like_training(flowers, tmp_path / "new.csv")
    assert found.train.x.tolist() == [[0, 1], [1, 0]]
    assert found.classes == ("iris", "rose")
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    pandas.DataFrame({"b": [1, 0], "a": [0, 1]}, index=[4, 2]).to_parquet(tmp_path / "n.parquet")
    assert like_training(flowers, tmp_path / "n.parquet").train.x.tolist() == [[0, 1], [1, 0]]


def test_renamed_columns_are_refused(flowers, tmp_path):
    (tmp_path / "new.csv").write_text("a,B\n0,1\n")
    with pytest.raises(ValueError, match="no column 'b'; it has B, which the run does not know"):
        like_training(flowers, tmp_path / "new.csv")


def test_values_without_names_go_by_position_and_it_is_said(flowers, tmp_path):
    np.save(tmp_path / "new.npy", np.array([[0, 1.0]]))
    with pytest.warns(UserWarning, match="no names, so they are matched by position with a, b"):
        assert like_training(flowers, tmp_path / "new.npy").train.x.tolist() == [[0, 1]]


def test_the_runs_own_table_may_not_have_changed(flowers, tmp_path):
    place = flowers.recipe.data.source.settings["train"]
    text = Path(place).read_text()
    try:
        Path(place).write_text(text.replace("a,b,kind", "b,a,kind"))
        with pytest.raises(ValueError, match="own data are b, a now, and were a, b in training"):
            flowers.dataset()
    finally:
        Path(place).write_text(text)
    assert flowers.dataset().features == ("a", "b")


def test_rows_of_another_shape_with_as_many_values_are_refused(tmp_path):
    run = Trained(classifier())
    x = np.random.default_rng(0).random((3, 4, 16), dtype=np.float32)
    np.save(tmp_path / "wide.npy", x)
    with pytest.raises(ValueError, match=r"rows of shape \(4, 16\), .* trained on \(8, 8\)"):
        like_training(run, tmp_path / "wide.npy")
    np.save(tmp_path / "flat.npy", x.reshape(3, 64))
    assert len(like_training(run, tmp_path / "flat.npy").train) == 3


def test_a_folder_of_parts_is_answered(tmp_path):
    (tmp_path / "part-0.parquet").touch()
    assert reader(tmp_path) == "table"
    with pytest.raises(ValueError, match="a folder, and tables are single files"):
        read(tmp_path)


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """A run on labelled lines of text."""
    place = tmp_path_factory.mktemp("documents")
    lines = [
        f"{'pets' if k % 2 else 'money'}\t{'cat dog' if k % 2 else 'bank'}" for k in range(20)
    ]
    (place / "train.txt").write_text("\n".join(lines) + "\n")
    source = {"type": "text", "train": str(place / "train.txt"), "labelled": True, "binary": True}
    recipe = {
        "data": {"source": source},
        "model": {"type": "belief_net", "units": [3, 2]},
        "pretrain": {"type": "greedy", "epochs": 1},
        "fine_tune": {"type": "classify", "epochs": 1},
    }
    return Trained(train(recipe, output=place / "runs"))


def test_new_documents_are_counted_by_the_words_of_the_run(documents, tmp_path):
    assert documents.features == ("bank", "cat", "dog")
    (tmp_path / "new.txt").write_text("a dog and a bird\nthe bank\n")
    found = like_training(documents, tmp_path / "new.txt")
    assert found.train.x.tolist() == [[0, 0, 1], [1, 0, 0]]
    (tmp_path / "new.md").write_text("pets\tdog dog\n")
    labelled = like_training(documents, tmp_path / "new.md")
    assert (labelled.train.x.tolist(), labelled.classes) == ([[0, 0, 1]], ("pets",))
    (tmp_path / "folder" / "pets").mkdir(parents=True)
    (tmp_path / "folder" / "pets" / "1").write_text("cat")
    assert like_training(documents, tmp_path / "folder").classes == ("pets",)
    (tmp_path / "half.txt").write_text("pets\tdog\nno label\n")
    with pytest.raises(ValueError, match="line 2: no tab after a label"):
        like_training(documents, tmp_path / "half.txt")


def test_a_table_of_counts_meets_a_run_on_text_by_its_words(documents, tmp_path):
    (tmp_path / "new.csv").write_text("dog,bank,cat\n1,0,0\n")
    assert like_training(documents, tmp_path / "new.csv").train.x.tolist() == [[0, 0, 1]]


@pytest.fixture(scope="module")
def sequences(tmp_path_factory):
    """A run on aligned sequences."""
    place = tmp_path_factory.mktemp("sequences")
    (place / "train.fasta").write_text(10 * ">a\nACG\n>b\nAUG\n>c\nGCU\n>d\nA-G\n")
    source = {"type": "fasta", "train": str(place / "train.fasta"), "alphabet": "rna"}
    recipe = {
        "data": {"source": source | {"identity": 0.8}},
        "model": {"type": "rbm", "visible": {"type": "categorical", "shape": [3, 5]}, "hidden": 2},
        "train": {"type": "energy", "epochs": 1},
    }
    return Trained(train(recipe, output=place / "runs"))


@pytest.mark.parametrize("name", ["new.fa", "new.sto", "new.txt"])
def test_new_sequences_are_read_with_the_alphabet_of_the_run(sequences, tmp_path, name):
    (tmp_path / name).write_text(">x\nauc\n")
    found = like_training(sequences, tmp_path / name)
    assert (found.shape, found.train.names) == ((3, 5), ("x",))
    (tmp_path / name).write_text(">x\nAU\n")
    with pytest.raises(ValueError, match=r"rows of shape \(2, 5\)"):
        like_training(sequences, tmp_path / name)


def test_rows_of_another_width_name_both_shapes(flowers, tmp_path):
    (tmp_path / "new.csv").write_text("a,b,c\n0,1,0\n1,0,0\n")
    with pytest.raises(ValueError, match="kind"):
        like_training(flowers, tmp_path / "new.csv")
    np.save(tmp_path / "new.npy", np.zeros((4, 3), dtype=np.float32))
    with pytest.raises(ValueError, match=r"shape \(3,\), 3 values .* \(2,\), 2 values"):
        like_training(flowers, tmp_path / "new.npy")


def test_without_a_file_the_test_rows_are_taken(flowers):
    digits = Trained(classifier())
    assert torch.equal(rows_of(digits, None).x, digits.dataset().test.x)
    with pytest.raises(ValueError, match="no test rows: name a file with --input"):
        rows_of(flowers, None)


def test_several_splits_are_not_mixed(tmp_path):
    x = np.zeros((4, 64), dtype=np.float32)
    np.savez(tmp_path / "both.npz", x_train=x, x_test=x)
    with pytest.raises(ValueError, match=r"holds several splits \(train, test\)"):
        like_training(Trained(classifier()), tmp_path / "both.npz")


def test_pictures_are_read_as_in_training(tmp_path):
    for k in range(3):
        Image.new("L", (8, 8), 80 * k).save(tmp_path / f"{k}.png")
    split = rows_of(Trained(classifier()), tmp_path)
    assert split.names is not None
    assert [name.rsplit("/")[-1] for name in split.names] == ["0.png", "1.png", "2.png"]
    assert split.x[:, 0].tolist() == pytest.approx([0, 80 / 255, 160 / 255])


def test_known_values_from_a_text_and_from_files(tmp_path):
    found = known_values("0=1,2:4=0.5", 5)
    assert torch.equal(found.nan_to_num(-1), torch.tensor([1, -1, 0.5, 0.5, -1]))
    (tmp_path / "k.csv").write_text("1,,0.5,nan\n")
    expected = torch.tensor([1, -1, 0.5, -1])
    assert torch.equal(known_values(str(tmp_path / "k.csv"), 4).nan_to_num(-1), expected)
    np.save(tmp_path / "k.npy", np.array([[1, NAN], [NAN, 0]]))
    assert known_values(str(tmp_path / "k.npy"), 2).shape == (2, 2)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("5=1", "positions are from 0 to 4"),
        ("-1=1", "positions are from 0 to 4"),
        ("3:2=1", "positions are from 0 to 4"),
        ("0:9=1", "positions are from 0 to 4"),
        ("top", "give position=value"),
        ("0=x", "give position=value"),
        ("0", "give position=value"),
    ],
)
def test_known_values_that_make_no_sense_are_refused(spec, message):
    with pytest.raises(ValueError, match=message):
        known_values(spec, 5)


def test_files_of_known_values_that_cannot_be_read_are_refused(tmp_path):
    (tmp_path / "k.npy").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(ValueError, match=r"k\.npy: no array of numbers"):
        known_values(str(tmp_path / "k.npy"), 5)
    with pytest.raises(FileNotFoundError, match=r"no\.csv: no such file"):
        known_values(str(tmp_path / "no.csv"), 5)
