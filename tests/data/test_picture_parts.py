"""What folders mean: parts, classes, both refused; what is left out is named."""

import os

import pytest

from harmonium.data.picture_parts import picture_parts


@pytest.fixture
def folder(tmp_path):
    def write(*paths):
        for path in paths:
            file = tmp_path / "pets" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        return tmp_path / "pets"

    return write


def found(root, splits=None):
    return {
        part: [file.relative_to(root).as_posix() for file in its.files]
        for part, its in picture_parts(root, splits).items()
    }


def test_training_pictures_come_first(folder):
    path = folder("Test/a/1.png", "training/b/1.png", "val/2.png")
    assert list(found(path).items()) == [
        ("train", ["training/b/1.png"]),
        ("test", ["Test/a/1.png"]),
        ("validation", ["val/2.png"]),
    ]


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (("cat/1.png", "dog/1.png", "test/1.png"), "test may be a part .* as cat, dog beside"),
        (("val/1.png", "a/1.png", "b/1.png", "c/1.png", "d/1.png"), "as a, b, c and 1 more"),
        (("test/a/1.png", "valid/a/1.png"), "there is test, valid but no folder train"),
        (("1.png", "test/1.png"), "there is test but no folder train"),
        (("train/1.png", "Train/1.png"), "Train and .*train are both read as train"),
        (("train/1.png", "val/1.png", "valid/1.png"), "are both read as validation"),
        (("train/1.png", "test/notes.txt"), "pets/test: no picture in it"),
    ],
)
def test_folders_that_may_be_either_are_refused(folder, paths, message):
    with pytest.raises(ValueError, match=message):
        found(folder(*paths))


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (
            ("a/1.png", "b/2.HEIC", "b/3.heic"),
            r"2 files left out, .* not one of .png.*; .* b/2.HEIC",
        ),
        (("1.png", "README"), "1 files left out, .*; such as README"),
        (("a/1.png", "b/notes.txt"), "1 folders without a picture, .*; such as b"),
        (("1.png", "train/1.png"), "1 files left out, .* beside the folder train; such as 1.png"),
        (("cat/train/1.png", "cat/test/1.png"), "2 files in a folder such as train or test below"),
    ],
)
def test_what_is_left_out_is_named(folder, paths, message):
    with pytest.warns(UserWarning, match=message):
        picture_parts(folder(*paths), None)


def test_text_beside_pictures_and_hidden_files_need_no_word(folder):
    path = folder("1.jfif", "2.JPE", "labels.csv", "Thumbs.db", ".DS_Store", ".git/3.png")
    assert found(path) == {"train": ["1.jfif", "2.JPE"]}


def test_an_empty_folder_of_a_part_beside_classes_is_no_part(folder):
    path = folder("cat/1.png", "test/notes.txt")
    with pytest.warns(UserWarning, match="1 folders without a picture"):
        assert found(path) == {"train": ["cat/1.png"]}


def test_pictures_behind_links_are_read(folder, tmp_path):
    path = folder("cat/1.png")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "2.png").touch()
    os.symlink(tmp_path / "store", path / "dog")
    assert found(path) == {"train": ["cat/1.png", "dog/2.png"]}
