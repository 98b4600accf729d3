"""The text format of adabmDCA: there and back, and what a file by hand says."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Categorical, rbm
from harmonium.dca import read_dca, read_dca_couplings, write_dca
from harmonium.learning.couplings import Couplings, effective_couplings
from tests.laws.specimens import randomised

FILE = "J 0 1 A C 0.5\nJ 0 2 - T -1\nh 0 A 0.25\nh 1 C 1\nh 2 T -2\n"


def test_a_file_by_hand(tmp_path):
    (tmp_path / "params.dat").write_text(FILE)
    h, j = read_dca_couplings(tmp_path / "params.dat", "dna")
    assert h.shape == (3, 5)
    assert (float(h[0, 1]), float(h[1, 2]), float(h[2, 4])) == (0.25, 1.0, -2.0)
    assert float(j[0, 1, 1, 2]) == float(j[1, 2, 0, 1]) == 0.5
    assert float(j[0, 0, 2, 4]) == -1.0
    assert int((j != 0).sum()) == 4
    graph = read_dca(tmp_path / "params.dat", "dna")
    x = graph.units["v"].states()
    value = torch.einsum("nia,ia->n", x, h) + torch.einsum("nia,iajb,njb->n", x, j, x) / 2
    found = -graph.free_energy({"v": x}, ("h",)).detach()
    assert_close(found.log_softmax(0), value.log_softmax(0))
    assert float((found.log_softmax(0) - (value / 2).log_softmax(0)).abs().max()) > 0.1


def test_indices_in_place_of_letters_are_those_of_older_files(tmp_path):
    (tmp_path / "old.dat").write_text(
        FILE.replace("A", "1").replace("C", "2").replace("T", "4").replace("- 4", "0 4")
    )
    (tmp_path / "new.dat").write_text(FILE)
    old, new = (read_dca_couplings(tmp_path / f"{n}.dat", "dna") for n in ("old", "new"))
    assert torch.equal(old.fields, new.fields)
    assert torch.equal(old.couplings, new.couplings)


def test_there_and_back(tmp_path):
    graph = randomised(rbm(Categorical(4, 5), Bernoulli(3)), 3, std=0.4)
    mine = effective_couplings(graph)
    read = read_dca_couplings(write_dca(tmp_path / "p.dat", graph, alphabet="dna"), "dna")
    assert_close(read.couplings, mine.couplings, rtol=1e-7, atol=1e-9)
    assert_close(read.fields, mine.fields, rtol=1e-7, atol=1e-9)
    again = write_dca(tmp_path / "q.dat", Couplings(*read), alphabet="dna")
    assert again.read_text() == (tmp_path / "p.dat").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("J 0 1 A C\n", r"line 1: 'J 0 1 A C'; 'J site"),
        ("h 0 X 1\n", r"line 1: 'X' is no letter; the alphabet has '-ACGT'"),
        ("J 1 0 A C 1\nh 0 A 1\n", r"line 1: sites \(1, 0\); i < j"),
        ("J 0 1 A C 1\n", r"no line 'h site"),
    ],
)
def test_refusals(text, said, tmp_path):
    (tmp_path / "p.dat").write_text(text)
    with pytest.raises(ValueError, match=said):
        read_dca(tmp_path / "p.dat", "dna")
    with pytest.raises(ValueError, match="3 states a site"):
        write_dca(tmp_path / "q.dat", rbm(Categorical(4, 3), 2), alphabet="dna")
    assert not (tmp_path / "q.dat").exists()
