"""Known values in files of text: marks, names and words."""

import math

import numpy as np
import pytest
import torch

from harmonium.apply.clamps import known_values

NAN = math.nan
NAMES = ("a", "b", "c")


@pytest.fixture
def known(tmp_path):
    def read(text, features=(), width=3, name="k.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return known_values(str(tmp_path / name), width, features=features)

    return read


def same(found, expected):
    return torch.equal(found.nan_to_num(-9), torch.tensor(expected).nan_to_num(-9))


@pytest.mark.parametrize(
    "text",
    [
        "1,,0\n",
        "\ufeff1,,0\n",
        "a,b,c\n1,,0\n",
        "c,a,b\n0,1,\n",
        "c,a\n0,1\n",
        ",a,b,c\n0,1,,0\n",
        "0,1,2\n1,,0\n",
        "1;nan;0\n",
        "sep=;\n1;NaN;0\n",
        "\n 1 , , 0 \n\n",
    ],
)
def test_values_under_any_first_line(known, text):
    assert same(known(text, NAMES), [1, NAN, 0])


def test_rows_of_several_samples(known):
    assert same(known("b,a\n1,0\n,1\n", NAMES), [[0, 1, NAN], [1, NAN, NAN]])
    assert same(known("0,1,0\n1,1,1\n", NAMES), [[0.0, 1, 0], [1, 1, 1]])  # no header


def test_names_without_names_of_features_go_by_position(known):
    with pytest.warns(UserWarning, match="matched by position, as the visible values have no"):
        assert same(known("x,y,z\n1,,0\n"), [1, NAN, 0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,free,0\n", r"k\.csv, line 1, field 2: 'free' is no number: a free value is empty"),
        ("a,b,c\n1,?,0\n", r"line 2, field 2: '\?' is no number"),
        ("1_0,1,0\n", "line 1, field 1: '1_0' is no number"),
        ("\uff11,1,0\n", "is no number"),
        ("1,1,0\n1,1\n", "line 2: 2 fields; 3 are needed"),
        ("a,z\n1,0\n", "no visible value is named z: there are a, b, c"),
        ("a,a\n1,0\n", "two columns are named 'a'"),
        ("a,b,c\n", "names of columns but no rows"),
        ("1 0 1\n", "separated by white space"),
        ("a;b;c\n1,5;0;1\n", "decimal comma"),
        ("", "the file is empty"),
    ],
)
def test_what_makes_no_sense_is_refused_by_place(known, text, message):
    with pytest.raises(ValueError, match=message):
        known(text, NAMES)


@pytest.mark.parametrize("spec", ["0=1_0", "1_0=1", "0=\uff11", "\uff11=1"])
def test_numbers_in_a_text_are_plain(spec):
    with pytest.raises(ValueError, match="give position=value"):
        known_values(spec, 20)


def test_arrays_of_numbers_alone(tmp_path):
    np.save(tmp_path / "k.npy", np.array([1, NAN]))
    (tmp_path / "k.npy").rename(tmp_path / "K.NPY")
    assert same(known_values(str(tmp_path / "K.NPY"), 2), [1, NAN])
    for values in (np.array(["1", "0"]), np.array([1, 0], "M8[D]")):
        np.save(tmp_path / "k.npy", values)
        with pytest.raises(ValueError, match=r"k\.npy: no array of numbers"):
            known_values(str(tmp_path / "k.npy"), 2)
    (tmp_path / "k.parquet").touch()
    with pytest.raises(ValueError, match=r"read from \.npy or \.csv, not from \.parquet"):
        known_values(str(tmp_path / "k.parquet"), 2)


@pytest.mark.parametrize("spec", ["0=1," * 20_000 + "1=0", "0=1,1=0"])
def test_a_text_may_be_longer_than_a_name(spec):
    assert known_values(spec, 2).tolist() == [1, 0]
    with pytest.raises(ValueError, match="positions are from 0 to 1"):
        known_values(f"{spec},2=1", 2)


def test_a_long_text_that_means_nothing_is_refused():
    with pytest.raises(ValueError, match="give position=value"):
        known_values("x" * 5000, 2)
    with pytest.raises(ValueError, match="give position=value"):
        known_values("a\0b", 2)
