"""Lists of pictures, where files really lie."""

import pytest

from harmonium.data.picture_list import picture_list


def test_labels_belong_to_the_pictures_that_are_read(tmp_path):
    files = [tmp_path / "pets" / name for name in ("a.png", "b.png")]
    files[0].parent.mkdir()
    for file in files:
        file.touch()
    (tmp_path / "list.csv").write_text("picture,label\nb.png,nan\n./a.png,cat\n")
    found = picture_list(tmp_path / "list.csv", tmp_path / "pets", files=files)
    assert found == {files[1]: "nan", files[0]: "cat"}
    with pytest.raises(
        ValueError, match=r"line 3: not among the pictures that are read: './a.png'"
    ):
        picture_list(tmp_path / "list.csv", tmp_path / "pets", files=files[1:])


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    """Empty lines and line breaks inside quotes count, and a title may come after empty lines."""
    file = tmp_path / "a.png"
    file.touch()
    (tmp_path / "list.csv").write_text('\n\npicture,label\na.png,"two\nlines"\nno.png,x\n')
    with pytest.raises(ValueError, match="line 6: .*'no.png'"):
        picture_list(tmp_path / "list.csv", tmp_path, files=[file])
