"""Files damaged at random are read, or refused by a ValueError that names them; nothing else."""

import gzip
import io
import random

import numpy as np
import pytest

from harmonium.data import arrays, fasta, image_folder, read_idx, table, text
from harmonium.data.idx import idx_header

X = np.random.default_rng(0).integers(0, 255, (6, 5), dtype=np.uint8)


def saved(save, *arguments, **settings):
    file = io.BytesIO()
    save(file, *arguments, **settings)
    return file.getvalue()


def labelled(path):
    return table(path, label="y")


def picture():
    image = pytest.importorskip("PIL.Image")
    return saved(image.fromarray(X).save, format="PNG")


def parquet():
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    parquet.write_table(arrow.table({"a": [1, 2, 3], "b": [4.0, 5.0, 6.0]}), file)
    return file.getvalue()


def feathered():
    arrow, feather = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.feather")
    file = io.BytesIO()
    columns = {"a": [0.5, 1.5, 2.5] * 20, "b": [1, 2, 3] * 20}
    feather.write_feather(arrow.table(columns), file, compression="lz4", chunksize=40)
    return file.getvalue()


CSV = b"y,a,b\ncat,1,2\ndog,3,4.5\ncat,5,6\n"
KINDS = {
    "a.npy": (lambda: saved(np.save, X), arrays),
    "a.npz": (lambda: saved(np.savez_compressed, x=X, y=np.array(list("abcabc"))), arrays),
    "a.csv": (lambda: CSV, labelled),
    "a.csv.gz": (lambda: gzip.compress(CSV), labelled),
    "a.parquet": (parquet, table),
    "a.feather": (feathered, table),
    "a.arrow": (feathered, lambda path: table(path, stream=True).train.x[0:60]),
    "a.txt": (lambda: b"some words\nother words\n", text),
    "a.png": (picture, lambda path: image_folder(path.parent)),
    "a.fasta": (lambda: b">one\nACDEF\n>two\nACDEG\n", fasta),
    "a-idx": (lambda: idx_header(X.shape) + X.tobytes(), read_idx),
}


def damaged(contents, chance):
    contents = bytearray(contents)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(contents))
        kind = chance.randrange(4)
        if kind == 0:
            contents[place] = chance.randrange(256)
        elif kind == 1:
            contents[place] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del contents[place : place + chance.randint(1, 20)]
        else:
            contents[place:place] = bytes(chance.randrange(256) for _ in range(8))
        if not contents:
            break
    return bytes(contents)


@pytest.mark.parametrize("name", KINDS)
def test_damage_is_refused_or_harmless(name, tmp_path):
    write, read = KINDS[name]
    whole, path, chance = write(), tmp_path / name, random.Random(name)
    path.write_bytes(whole)
    read(path)
    said = []
    for _ in range(200):
        path.write_bytes(damaged(whole, chance))
        try:
            read(path)
        except ValueError as error:
            said.append(str(error))
    assert len(said) > 20
    assert [words for words in said if name not in words and "label" not in words] == []
