"""What a file or folder holds."""

import numpy as np
import pytest
from PIL import Image

from harmonium.apply.suggesting import Wanted, found
from tests.describe.small_data import write


def test_pictures_of_several_sizes_or_large_ones_are_made_small(tmp_path):
    for k, size in enumerate([(90, 80)] * 3):
        place = tmp_path / "same" / "ab"[k % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full(size, 40 * k, dtype=np.uint8)).save(place / f"{k}.png")
    assert found(str(tmp_path / "same"), Wanted())[2].shape == (28, 28)
    Image.fromarray(np.zeros((9, 8), dtype=np.uint8)).save(place / "other.png")
    assert found(str(tmp_path / "same"), Wanted())[2].shape == (28, 28)
    assert found(str(write("image_folder", tmp_path)), Wanted())[2].shape == (8, 8)


def test_a_table_has_its_label_by_name_or_by_its_texts(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Class,b\n" + "".join(f"{k % 3},{k}.5\n" for k in range(9)))
    _, kind, facts = found(str(path), Wanted())
    assert (kind, facts.label, facts.classes, facts.shape) == ("table", "Class", 3, (1,))
    path.write_text("b,colour\n" + "".join(f"{k}.5,{'ab'[k % 2]}\n" for k in range(9)))
    assert found(str(path), Wanted())[2].label == -1
    path.write_text("b,c\n" + "".join(f"{k}.5,{k}.25\n" for k in range(9)))
    task, _, facts = found(str(path), Wanted())
    assert (task, facts.label, facts.classes) == ("patterns", None, 0)


def test_a_column_of_time_makes_a_series(tmp_path):
    path = write("series", tmp_path)
    task, kind, facts = found(str(path), Wanted())
    assert (task, kind, facts.time, facts.shape, facts.length) == (
        *("series", "series", "time"),
        (2,),
        24,
    )
    assert found(str(path), Wanted(task="patterns"))[1] == "table"


def test_real_numbers_in_y_are_targets(tmp_path):
    task, _, facts = found(str(write("arrays", tmp_path, target=True)), Wanted())
    assert (task, facts.classes, facts.targets) == ("classification", 0, 1)


def test_a_text_is_characters_words_documents_or_trees(tmp_path):
    book = str(write("characters", tmp_path))
    assert found(book, Wanted())[1] == "characters"
    assert found(book, Wanted(task="text"))[1] == "words"
    assert found(book, Wanted(task="patterns"))[1] == "text"
    assert found(str(write("trees", tmp_path)), Wanted())[1] == "trees"
    documents = str(write("text", tmp_path))
    assert found(documents, Wanted())[:2] == ("text", "words")
    facts = found(documents, Wanted(data="text"))[2]
    assert (facts.holds, facts.classes, facts.symbols) == ("counts", 2, 8)


def test_a_folder_of_texts_is_documents(tmp_path):
    for name in "ab":
        (tmp_path / "mail" / name).mkdir(parents=True)
        (tmp_path / "mail" / name / "1.txt").write_text("so it is")
    assert found(str(tmp_path / "mail"), Wanted())[:2] == ("patterns", "text")


def test_what_no_reader_takes_is_refused(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    with pytest.raises(ValueError, match="not a format to read"):
        found(str(tmp_path / "a.wav"), Wanted())
    with pytest.raises(FileNotFoundError, match="did you mean 'mnist'"):
        found("minst", Wanted())
