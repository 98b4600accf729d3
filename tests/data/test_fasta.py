"""FASTA files: alphabets, gaps, unknown letters, alignment, weights, and the way back."""

import gzip

import pytest
import torch

from harmonium.data.fasta import decoded, encoded, fasta, letters, read_fasta, write_fasta
from harmonium.units import Categorical

FILE = """>first protein 1
ACD-
EF

>second
acd.
wy
"""


def written(tmp_path, text, name="toy.fasta"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_sequences_become_one_hot_rows(tmp_path):
    data = fasta(written(tmp_path, FILE))
    assert repr(data) == "DataSet('toy': 2 train, each 6 x 21, 0 classes)"
    assert data.train.names == ("first protein 1", "second")
    assert data.train.weights is None
    x = data.train.x.reshape(2, 6, 21)
    Categorical(6, 21).check(x)
    assert x.argmax(-1)[0].tolist() == [letters("protein").index(c) for c in "ACD-EF"]
    assert decoded(data.train.x, "protein") == ("ACD-EF", "ACD-WY")


@pytest.mark.parametrize(
    ("alphabet", "text"),
    [("rna", "-ACGU"), ("dna", "-ACGT"), ("protein", "-ACDEFGHIKLMNPQRSTVWY"), ("HP", "HP")],
)
def test_every_alphabet_reads_its_letters_in_order(tmp_path, alphabet, text):
    assert letters(alphabet) == text
    data = fasta(written(tmp_path, f">x\n{text}\n"), alphabet=alphabet)
    assert torch.equal(data.train.x.reshape(len(text), -1), torch.eye(len(text)))


def test_packed_files_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "toy.fasta.gz"
    path.write_bytes(gzip.compress(FILE.replace("\n", "\r\n").encode()))
    packed, plain = fasta(path), fasta(written(tmp_path, FILE))
    assert torch.equal(packed.train.x, plain.train.x)
    assert packed.name == "toy"


def test_what_is_written_is_read_back(tmp_path):
    texts = ["ACGT" * 50, "-" * 200]
    path = write_fasta(tmp_path / "out.fa", texts, names=["a", "b c"])
    assert read_fasta(path) == (("a", "b c"), tuple(texts))
    assert max(len(line) for line in path.read_text().splitlines()) == 80
    assert decoded(fasta(path, alphabet="dna").train.x, "dna") == tuple(texts)
    assert read_fasta(write_fasta(path, texts))[0] == ("sequence 1", "sequence 2")
    with pytest.raises(ValueError, match="2 sequences but 1 names"):
        write_fasta(path, texts, names=["a"])


def test_test_sequences_are_of_the_same_alignment(tmp_path):
    train = written(tmp_path, ">a\nAC\n>b\nAG\n")
    data = fasta(train, written(tmp_path, ">c\nGG\n", "test.fa"), alphabet="dna")
    assert decoded(data.test.x, "dna") == ("GG",)
    with pytest.raises(ValueError, match=r"test\.fa, line 1: sequence 'c' has 3 letters"):
        fasta(train, written(tmp_path, ">c\nGGG\n", "test.fa"), alphabet="dna")


def test_unknown_letters_are_refused_read_as_gaps_or_dropped(tmp_path):
    path = written(tmp_path, ">a\nACX\n>b\nACG\n>c\nNNG\n")
    with pytest.raises(ValueError, match=r"toy\.fasta, line 1: letters X .*2 of 3 .*unknown="):
        fasta(path, alphabet="dna")
    assert decoded(fasta(path, alphabet="dna", unknown="gap").train.x, "dna") == (
        "AC-",
        "ACG",
        "--G",
    )
    kept = fasta(path, alphabet="dna", unknown="drop").train
    assert kept.names == ("b",)
    with pytest.raises(ValueError, match="no gap"):
        fasta(path, alphabet="ACGT", unknown="gap")
    with pytest.raises(ValueError, match="every sequence"):
        fasta(path, alphabet="-T", unknown="drop")


def test_insertions_are_dropped_where_asked(tmp_path):
    path = written(tmp_path, ">a\nAC..G\n>b\nACtt-\n>c\nA-G\n")
    with pytest.raises(ValueError, match=r'line 5: .* insertions="drop"'):
        fasta(path, alphabet="dna")
    data = fasta(path, alphabet="dna", insertions="drop")
    assert decoded(data.train.x, "dna") == ("ACG", "AC-", "A-G")


def test_weights_count_the_neighbours_within_each_file(tmp_path):
    train = written(tmp_path, ">a\nAAAAA\n>b\nAAAAC\n>c\nGGGGG\n")
    test = written(tmp_path, ">d\nAAAAA\n", "test.fa")
    data = fasta(train, test, alphabet="dna", identity=0.8)
    assert data.train.weights.tolist() == [0.5, 0.5, 1]
    assert data.test.weights.tolist() == [1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no sequences"),
        ("ACGT\n", r"line 1: begins with 'ACGT'"),
        (">a\n>b\n", "has 0 letters"),
        (">a\nAC\n>b\nA\n", r"line 3: sequence 'b' has 1 letters, the first one 2"),
        (">a\nA\u4e00\n", "letters \u4e00"),
    ],
)
def test_files_that_are_no_alignment_are_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        fasta(written(tmp_path, text), alphabet="dna")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing"):
        fasta(tmp_path / "nothing.fa")


@pytest.mark.parametrize("alphabet", ["A", "AA", "A C", "ac", ">A", ".A", ""])
def test_alphabets_that_cannot_be_told_apart_are_refused(alphabet):
    with pytest.raises(ValueError, match="different capital letters"):
        letters(alphabet)


def test_encoding_names_the_place_of_a_strange_letter():
    with pytest.raises(ValueError, match=r"sequence 1, site 2 \(from 0\) is 'X'"):
        encoded(["ACG", "ACX"], "dna")
    with pytest.raises(ValueError, match="different lengths"):
        encoded(["ACG", "AC"], "dna")


def test_an_alignment_that_cannot_fit_is_refused_with_its_size(tmp_path, monkeypatch):
    monkeypatch.setattr("harmonium.memory.free", lambda: 1000.0)
    (tmp_path / "a.fa").write_text("".join(f">{i}\n{'ACDEFGHIKL' * 10}\n" for i in range(5)))
    with pytest.raises(
        ValueError, match="one-hot values of 5 sequences with 21 letters a site needs 48.8. KiB"
    ):
        fasta(tmp_path / "a.fa")
