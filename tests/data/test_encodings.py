"""Text files of every declared encoding, and of a wrong one."""

import gzip
import lzma

import pytest

from harmonium.data.encodings import read_text
from harmonium.errors import DataError

TEXT = "naïve Straße\nдом"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le", "koi8-r"])
def test_a_text_comes_back(name, tmp_path):
    text = "дом\nи сад" if name == "koi8-r" else TEXT
    path = tmp_path / "a.txt"
    path.write_bytes(text.replace("\n", "\r\n").encode(name))
    assert read_text(path, name) == text


def test_packed_files(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / "a.txt.xz").write_bytes(lzma.compress(TEXT.encode()))
    assert read_text(tmp_path / "a.txt.gz") == read_text(tmp_path / "a.txt.xz") == TEXT
    (tmp_path / "b.xz").write_bytes(lzma.compress(TEXT.encode())[:-8])
    with pytest.raises(DataError, match="damaged .xz file"):
        read_text(tmp_path / "b.xz")


def test_a_wrong_encoding_is_named_with_the_place_of_the_byte(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("aé".encode("latin-1"))
    with pytest.raises(DataError, match=r"byte 1 \(from 0\), 0xe9, .*utf-8: .*may be cp1252"):
        read_text(path)
    path.write_bytes("abcд".encode())
    with pytest.raises(DataError, match=r"byte 3 .*0xd0.* ascii: .*may be utf-8"):
        read_text(path, "ascii")
    path.write_bytes("abc".encode("utf-16"))
    with pytest.raises(DataError, match="set encoding to utf-16"):
        read_text(path)
    with pytest.raises(DataError, match="encoding 'klingon': Python knows no"):
        read_text(path, "klingon")
    with pytest.raises(FileNotFoundError):
        read_text(tmp_path / "none.txt")


def test_what_is_no_encoding_of_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("abc")
    for name in ("base64", "rot13", "nonsense"):
        with pytest.raises(DataError, match=f"encoding '{name}': Python knows no encoding"):
            read_text(path, name)
