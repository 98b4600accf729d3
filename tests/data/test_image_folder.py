"""Folders of pictures: labels from folders and lists, splits, and what is refused."""

import os

import numpy as np
import pytest
import torch

from harmonium.data.image_folder import image_folder

image = pytest.importorskip("PIL.Image")


@pytest.fixture
def folder(tmp_path):
    """Pictures of 2 x 3 whose first pixel counts them, in the order of the paths given."""

    def write(*paths, shape=(2, 3)):
        for i, path in enumerate(paths):
            file = tmp_path / "pets" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.zeros(shape, np.uint8)
            pixels[0, 0] = i
            image.fromarray(pixels).save(file)
        return tmp_path / "pets"

    return write


def order(split):
    return (split.x[:, 0] * 255).round().int().tolist()


def refused(message, *arguments, **settings):
    with pytest.raises(ValueError, match=message):
        image_folder(*arguments, **settings)


def test_folders_are_labels(folder):
    path = folder("dog/b.png", "dog/a.png", "cat/1/x.bmp", "loose.png", "cat/y.gif")
    for name in (".hidden.png", "notes.txt"):
        (path / name).write_text("no picture")
    data = image_folder(path)
    assert repr(data) == "DataSet('pets': 5 train, each 2 x 3, 2 classes)"
    assert data.classes == ("cat", "dog")
    assert data.train.names == ("loose.png", "cat/y.gif", "cat/1/x.bmp", "dog/a.png", "dog/b.png")
    assert order(data.train) == [3, 4, 2, 1, 0]
    assert data.train.y.tolist() == [-1, 0, 0, 1, 1]


def test_numbered_folders_are_numbered_classes(folder):
    data = image_folder(folder("10/a.png", "9/a.png"))
    assert data.classes == (9, 10)
    assert data.train.y.tolist() == [1, 0]


def test_train_and_test_folders_are_splits(folder):
    path = folder("train/dog/a.png", "train/cat/a.png", "test/dog/a.png", "validation/elk/a.png")
    data = image_folder(path)
    assert {part: len(split) for part, split in data.splits().items()} == {
        "train": 2,
        "validation": 1,
        "test": 1,
    }
    assert data.classes == ("cat", "dog", "elk")
    assert data.test.y.tolist() == [1]
    refused("1 pictures in test and a share of 0.5 .*: leave test out", path, test=0.5)


def test_a_share_is_held_out_of_a_train_folder(folder):
    data = image_folder(folder(*(f"train/{k}/{i}.png" for k in "ab" for i in range(4))), test=0.25)
    assert (len(data.train), len(data.test), data.classes) == (6, 2, ("a", "b"))


@pytest.mark.parametrize("names", [("Train", "VAL", "Testing"), ("training", "valid", "test")])
def test_parts_have_several_names_in_any_case(folder, names):
    data = image_folder(folder(*(f"{name}/{k}/a.png" for name in names for k in "01")))
    assert {part: len(split) for part, split in data.splits().items()} == dict.fromkeys(
        ("train", "validation", "test"), 2
    )
    assert data.classes == (0, 1)


def test_names_of_folders_are_classes_whatever_they_are(folder):
    data = image_folder(folder("nan/a.png", "1.0/a.png", "1.00/a.png", " 1/a.png", "0.5/a.png"))
    assert data.classes == (" 1", "0.5", "1.0", "1.00", "nan")
    assert data.train.y.tolist() == [0, 1, 2, 3, 4]


def test_splits_decides_between_parts_and_classes(folder):
    path = folder("bus/a.png", "train/a.png", "bicycle/a.png")
    refused("train may be a part .* or a class, as bicycle, bus beside it .*`splits`", path)
    data = image_folder(path, splits=False)
    assert (data.classes, data.train.y.tolist()) == (("bicycle", "bus", "train"), [0, 1, 2])
    with pytest.warns(UserWarning, match="2 files left out, .* beside .* train; .* bicycle/a.png"):
        data = image_folder(path, splits=True)
    assert data.train.names == ("train/a.png",)


def test_limits_hold_for_all_pictures_together(folder, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.00001")  # 10 kB
    path = folder(*(f"{i}.png" for i in range(100)))
    refused("and 100 pictures like .* expand to .* HARMONIUM_MAX_GIB", path, size=[10, 10])
    assert len(image_folder(path).train) == 100


def test_names_that_are_no_text_are_spelled_out(folder):
    path = folder("cat/a.png")
    (path / "cat").rename(path / os.fsdecode(b"caf\xe9"))
    (path / os.fsdecode(b"caf\xe9") / "a.png").rename(
        path / os.fsdecode(b"caf\xe9") / os.fsdecode(b"\xff.png")
    )
    data = image_folder(path)
    assert data.classes == (r"caf\udce9",)
    assert data.train.names == (r"caf\udce9/\udcff.png",)


def test_pictures_without_folders_have_no_labels(folder):
    data = image_folder(folder("b.png", "a.png"))
    assert data.train.y is None
    assert data.classes == ()


def test_a_share_is_held_out_by_seed(folder):
    path = folder(*(f"{label}/{i}.png" for label in ("cat", "dog") for i in range(10)))
    data = image_folder(path, test=0.2)
    assert data.test.y.tolist() == [0, 0, 1, 1]
    assert sorted(data.train.names + data.test.names) == sorted(image_folder(path).train.names)
    assert image_folder(path, test=0.2).test.names == data.test.names
    assert image_folder(path, test=0.2, seed=1).test.names != data.test.names


def test_colour_and_size(folder):
    data = image_folder(folder("a.png", "b.png"), colour="rgb", size=[4, 4])
    assert data.shape == (3, 4, 4)
    assert data.train.x.shape == (2, 48)
    assert data.train.x.dtype == torch.float32


def test_mixed_sizes_are_refused_with_two_names_and_the_remedy(folder):
    folder("b.png", shape=(3, 3))
    path = folder("a.png")
    refused(r"a.png is 2 x 3 pixels, .*b.png is 3 x 3: .*size: \[28, 28\]", path)
    assert image_folder(path, size=[2, 2]).shape == (2, 2)


def test_mixed_sizes_of_splits_are_refused(folder):
    folder("test/b.png", shape=(3, 3))
    refused(r"train/a.png is 2 x 3 pixels, .*test/b.png is 3 x 3", folder("train/a.png"))


@pytest.mark.parametrize("title", ["", "file,label\n"])
def test_a_list_gives_labels_instead_of_folders(folder, tmp_path, title):
    path = folder("x/a.png", "x/b.png", "x/c.png")
    (tmp_path / "list.csv").write_text(f"{title}x/a.png,elk\nx/c.png,ant\n")
    data = image_folder(path, labels=tmp_path / "list.csv")
    assert data.classes == ("ant", "elk")
    assert data.train.y.tolist() == [1, -1, 0]


def test_a_list_may_turn_back_and_go_by_links(folder, tmp_path):
    path = folder("a/0.png", "b/0.png")
    (path / "b" / "link.png").symlink_to("0.png")
    (tmp_path / "list.csv").write_text("b/../a/0.png,cat\nb/0.png,dog\nb/link.png,elk\n")
    data = image_folder(path, labels=tmp_path / "list.csv")
    assert data.train.names == ("a/0.png", "b/0.png", "b/link.png")
    assert [data.classes[k] for k in data.train.y] == ["cat", "dog", "elk"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x/a.png,1\n../secret.png,2\n", r"line 2: '../secret.png' lies outside"),
        ("../secret.png,2\n", "line 1: .* lies outside"),
        ("/etc/hostname,2\n", "line 1: '/etc/hostname' lies outside"),
        ("x/a.png,1\nx/../../secret.png,2\n", "line 2: .* lies outside"),
        ("x/a.png,1\nlink.png,2\n", "line 2: 'link.png' lies outside"),
        ("x/a.png,1\nx/z.png,2\n", "line 2: no file 'x/z.png' in"),
        ("x/z.png,2\nx/a.png,1\n", "line 1: no file 'x/z.png' in"),
        ("x/a.png,1\nnotes.txt,2\n", "line 2: not among the pictures that are read: 'notes.txt'"),
        ("x/a.png,1\nx/../x/a.png,1\n", "line 2: .* stands in line 1 already"),
        ("x/a.png,cat, dog\n", "line 1: .* separated by a comma; there are 3 fields"),
        ("x/a\0.png,1\n", "line 1: .*names no file"),
        ("x/a.png,1\n" + 5000 * "x" + ",2\n", "line 2: no file"),
        ("x/a.png," + 200_000 * "y" + "\n", "line 1: field larger"),
        ("x/a.png\n", "line 1: a picture and its label are needed"),
        ("file,label\n", "no picture in it"),
        ("", "no picture in it"),
    ],
)
def test_bad_lists_are_refused(folder, tmp_path, text, message):
    path = folder("x/a.png")
    image.fromarray(np.zeros((2, 3), np.uint8)).save(tmp_path / "secret.png")
    (path / "link.png").symlink_to(tmp_path / "secret.png")
    (path / "notes.txt").write_text("no picture")
    (tmp_path / "list.csv").write_text(text)
    refused(f"list.csv.*{message}", path, labels=tmp_path / "list.csv")


def test_a_damaged_picture_is_named(folder):
    path = folder("cat/a.png", "cat/b.png")
    (path / "cat" / "b.png").write_bytes(b"\x89PNG")
    refused("cat/b.png: no picture of a known kind", path)


def test_empty_and_missing_folders_are_refused(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(r"empty: no picture in it \(.png", tmp_path / "empty")
    with pytest.raises(FileNotFoundError, match="gone: no such folder"):
        image_folder(tmp_path / "gone")
    path = folder("train/a.png")
    (path / "test").mkdir()
    refused("pets/test: no picture in it", path)


@pytest.mark.parametrize("size", [[28], [0, 4], [1, 2, 3]])
def test_sizes_are_height_and_width(folder, size):
    refused("height and width", folder("a.png"), size=size)
