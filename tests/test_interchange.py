"""Archives of rbms: the layout written by hand, the way there and back, what is no archive."""

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.interchange import rbms_chains, rbms_updates, read_rbms, write_rbms
from harmonium.machines import rbm
from harmonium.units import Bernoulli, Categorical, Gaussian
from tests.laws.specimens import randomised

h5py = pytest.importorskip("h5py")


def numbers(*shape, seed):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def archive(path, kind, *, sites, chains, updates=(1, 20)):
    """As version 0.5.0 writes it, the second name of each parameter included."""
    with h5py.File(path, "w") as f:
        f["model_type"] = kind
        f["parallel_chains"] = np.asarray(chains, np.float32)
        f["hyperparameters/learning_rate"] = 0.01
        f["hyperparameters/filename"] = "RBM.h5"
        for n in updates:
            for i, (name, shape) in enumerate(
                {"weight_matrix": (*sites, 3), "vbias": sites, "hbias": (3,)}.items()
            ):
                f[f"update_{n}/params/{name}"] = numbers(*shape, seed=10 * n + i)
                f[f"update_{n}/{name}"] = f[f"update_{n}/params/{name}"]
            f[f"update_{n}/time"] = 1.5
            f[f"update_{n}/flags/checkpoint"] = True
            f[f"update_{n}/numpy_rng_arg0"] = "MT19937"
    return path


def test_a_binary_model_has_the_energy_that_is_defined_there(tmp_path):
    path = archive(tmp_path / "RBM.h5", "BBRBM", sites=(4,), chains=[[0, 1, 1, 0], [1, 1, 1, 1]])
    assert rbms_updates(path) == (1, 20)
    graph = read_rbms(path)
    w, b, c = (
        torch.from_numpy(numbers(*s, seed=200 + i)) for i, s in enumerate([(4, 3), (4,), (3,)])
    )
    v, h = (torch.from_numpy(numbers(5, n, seed=n) > 0).float() for n in (4, 3))
    energy = -(v @ b) - (h @ c) - ((v @ w) * h).sum(1)
    assert_close(graph.energy({"v": v, "h": h}), energy)
    assert rbms_chains(path).tolist() == [[0, 1, 1, 0], [1, 1, 1, 1]]
    early = read_rbms(path, update=1)
    assert_close(early.units["v"].bias.detach(), torch.from_numpy(numbers(4, seed=11)))


def test_a_potts_model_has_the_energy_that_is_defined_there(tmp_path):
    path = archive(tmp_path / "RBM.h5", "PBRBM", sites=(2, 4), chains=[[0, 3], [2, 1]])
    graph = read_rbms(path)
    w = torch.from_numpy(numbers(2, 4, 3, seed=200))
    b, c = (torch.from_numpy(numbers(*s, seed=201 + i)) for i, s in enumerate([(2, 4), (3,)]))
    codes, h = torch.tensor([[0, 3], [2, 2]]), torch.tensor([[1.0, 0, 1], [0, 1, 1]])
    energy = [
        -sum(b[i, s] + w[i, s] @ hidden for i, s in enumerate(row)) - hidden @ c
        for row, hidden in zip(codes.tolist(), h, strict=True)
    ]
    v = torch.nn.functional.one_hot(codes, 4).float()
    assert_close(graph.energy({"v": v, "h": h}), torch.stack(energy))
    assert rbms_chains(path).argmax(-1).tolist() == [[0, 3], [2, 1]]
    graph.units["v"].check(rbms_chains(path))


@pytest.mark.parametrize(
    "make",
    [
        lambda: rbm(4, 3),
        lambda: rbm(Bernoulli(2, 2, tied=(1,)), Bernoulli(3, 1)),
        lambda: rbm(Categorical(2, 3), 3),
    ],
)
def test_what_was_written_is_the_same_distribution(tmp_path, make):
    models = {n: randomised(make(), n) for n in (1, 10, 100)}
    chains = exact.draw(models[100], 6)
    path = write_rbms(tmp_path / "out.h5", models, chains=chains)
    assert rbms_updates(path) == (1, 10, 100)
    assert_close(rbms_chains(path).flatten(), chains["v"].flatten())
    for n, graph in models.items():
        again = read_rbms(path, update=n)
        drawn = exact.draw(graph, 5)
        there = {name: x.reshape(5, *again.units[name].shape) for name, x in drawn.items()}
        assert_close(exact.log_prob(again, there), exact.log_prob(graph, drawn))
    assert [p.name for p in tmp_path.iterdir()] == ["out.h5"]


def test_an_archive_holds_what_training_there_goes_on_from(tmp_path):
    path = write_rbms(tmp_path / "a.h5", {7: rbm(4, 3)}, hyperparameters={"learning_rate": 0.5})
    with h5py.File(path) as f:
        assert f["hyperparameters/learning_rate"][()] == 0.5
        needed = ["batch_size", "gibbs_steps", "L1", "L2", "seed", "train_size", "num_hiddens"]
        assert all(name in f["hyperparameters"] for name in needed)
        assert f["model_type"][()].decode() == "BBRBM"
        assert f["update_7/torch_rng_state"].dtype == np.uint8
        assert f["update_7/numpy_rng_arg1"].shape == (624,)
        assert f["update_7/params/weight_matrix"].shape == (4, 3)
        assert f["parallel_chains"].shape == (1, 4)


@pytest.mark.parametrize(
    "graph",
    [rbm(Gaussian(3), 2), rbm(3, Gaussian(2)), rbm(Categorical(3), 2), rbm(3, Categorical(2, 2))],
)
def test_machines_that_the_format_does_not_know_are_refused(tmp_path, graph):
    with pytest.raises(ValueError, match="archive holds RBMs of Bernoulli or Categorical"):
        write_rbms(tmp_path / "a.h5", {1: graph})
    assert list(tmp_path.iterdir()) == []


def test_models_that_do_not_belong_together_are_refused(tmp_path):
    with pytest.raises(ValueError, match="one kind and one size"):
        write_rbms(tmp_path / "a.h5", {1: rbm(3, 2), 2: rbm(3, 4)})
    with pytest.raises(ValueError, match="no models"):
        write_rbms(tmp_path / "a.h5", {})


def damaged(path, change):
    archive(path, "BBRBM", sites=(4,), chains=[[0, 1, 1, 0]])
    with h5py.File(path, "a") as f:
        change(f)
    return path


def renamed(f):
    del f["model_type"]
    f["model_type"] = "GBRBM"


def cut(f):
    for name in ("params/weight_matrix", "weight_matrix"):
        del f[f"update_20/{name}"]
    f["update_20/params/weight_matrix"] = np.zeros((4, 2))


def infinite(f):
    f["update_20/params/vbias"][0] = np.inf


def gone(f):
    for name in ("params/hbias", "hbias"):
        del f[f"update_20/{name}"]


def empty(f):
    for name in ("update_1", "update_20"):
        del f[name]


def worded(f):
    for name in ("params/weight_matrix", "weight_matrix"):
        del f[f"update_20/{name}"]
    f["update_20/params/weight_matrix"] = "abc"


def numbered(f):
    empty(f)
    for number in ("9" * 10_000, "٢", "²", "007", "-1", ""):
        f[f"update_{number}/params/vbias"] = np.zeros(4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (worded, "weight_matrix: .* of shape .*; at least one number is needed"),
        (numbered, "no model, no update_N"),
        (renamed, "model_type is GBRBM"),
        (cut, r"weight_matrix \(4, 2\), vbias \(4,\) and hbias \(3,\) do not fit"),
        (infinite, "not finite"),
        (gone, "no update_20/params/hbias"),
        (empty, "no model"),
    ],
)
def test_archives_that_are_not_whole_are_refused(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        read_rbms(damaged(tmp_path / "RBM.h5", change))


def test_an_update_that_is_not_there_is_refused(tmp_path):
    path = archive(tmp_path / "RBM.h5", "BBRBM", sites=(4,), chains=[[0, 1, 1, 0]])
    with pytest.raises(ValueError, match="no update 3; there are 1, 20"):
        read_rbms(path, update=3)
    with pytest.raises(FileNotFoundError):
        read_rbms(tmp_path / "nothing.h5")


@pytest.mark.parametrize("chains", [[[0, 1, 2, 0]], [[0, 1]], [[0.5, 0, 0, 0]]])
def test_chains_of_another_model_are_refused(tmp_path, chains):
    path = archive(tmp_path / "RBM.h5", "BBRBM", sites=(4,), chains=chains)
    with pytest.raises(ValueError, match="are not states 0 to 1 of 4 units"):
        rbms_chains(path)


def test_numbers_of_another_byte_order_are_read(tmp_path):
    def turned(f):
        for name in ("params/vbias", "vbias"):
            del f[f"update_20/{name}"]
        f["update_20/params/vbias"] = np.arange(4, dtype=">f4")

    found = read_rbms(damaged(tmp_path / "RBM.h5", turned))
    assert found.units["v"].bias.tolist() == [0, 1, 2, 3]
