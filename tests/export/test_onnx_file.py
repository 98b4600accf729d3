"""ONNX files, run by ONNX Runtime: the same numbers, and a sampler that obeys its law."""

import numpy as np
import pytest
import torch

import harmonium
from harmonium.errors import UsageError
from harmonium.export import check_onnx, export_onnx, part
from harmonium.export.check import run_onnx
from harmonium.export.onnx_file import onnx_bytes
from harmonium.extras import installed
from harmonium.models import adapted
from harmonium.nets import MLP, Autoencoder, Codec, Net
from harmonium.nets.codes import Gaussian as GaussianCode
from harmonium.nets.codes import Noisy
from harmonium.random import generator, seeded
from harmonium.sampling import exact

pytestmark = pytest.mark.skipif(not installed("onnxruntime"), reason="the extra export is missing")


def random_machine(machine, seed=0, std=0.7):
    source = generator(seed)
    with torch.no_grad():
        for p in machine.parameters():
            p.normal_(0, std, generator=source)
    return machine


def convnet():
    layers = [
        {"type": "conv2d", "out_channels": 3, "kernel_size": 3, "padding": 1, "name": "conv"},
        "relu",
        {"type": "avg_pool2d", "kernel_size": 2, "name": "mean"},
        {"type": "max_pool2d", "kernel_size": 2, "inputs": "1", "name": "max"},
        {"type": "concat", "inputs": ["mean", "max"]},
        {"type": "batch_norm2d"},
        "flatten",
        {"type": "linear", "out_features": 4},
    ]
    with seeded(0):
        return Net([1, 6, 6], layers)


def test_a_described_net_gives_the_same_numbers(tmp_path):
    net = convnet()
    net.train()
    path = export_onnx(net, tmp_path / "net.onnx", verify=True, notes={"classes": ["a", "b"]})
    assert net.training  # as before
    x = np.random.default_rng(0).normal(size=(11, 1, 6, 6)).astype(np.float32)
    (y,) = run_onnx(path, x)
    with torch.no_grad():
        np.testing.assert_allclose(y, net.eval()(torch.from_numpy(x)).numpy(), atol=1e-5)
    import onnx

    file = onnx.load(path)
    notes = {entry.key: entry.value for entry in file.metadata_props}
    assert notes == {"what": "forward", "classes": '["a", "b"]'}
    assert file.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "rows"


def test_free_energies_and_values_outside_the_domain(tmp_path):
    rbm = random_machine(harmonium.rbm(5, 3))
    path = export_onnx(rbm, tmp_path / "f.onnx", what="free_energy")
    v = exact.distribution(rbm)[0]["v"].unique(dim=0)
    (found,) = run_onnx(path, v.numpy())
    log_z = exact.log_partition(rbm)
    np.testing.assert_allclose(np.exp(-found - float(log_z)).sum(), 1.0, atol=1e-5)
    (outside,) = run_onnx(path, np.full((2, 5), 1.5, np.float32))
    assert np.isinf(outside).all()


@pytest.mark.parametrize("units", ["bernoulli", "categorical"])
def test_the_sampler_keeps_the_distribution_of_the_machine(units):
    visible = harmonium.Categorical(2, 3) if units == "categorical" else 4
    rbm = random_machine(harmonium.rbm(visible, 3), std=1.0)
    states, p = exact.distribution(rbm)
    patterns, which = states["v"].flatten(1).unique(dim=0, return_inverse=True)
    expected = torch.zeros(len(patterns), dtype=p.dtype).index_add_(0, which, p)
    content = onnx_bytes(part(adapted(rbm), "gibbs", steps=3))
    n = 200_000
    v = exact.draw(rbm, n, source=generator(1))["v"]
    after, means = run_onnx(content, v.numpy())
    drawn = torch.from_numpy(after).flatten(1)
    counts = torch.stack([(drawn == row).all(1).sum() for row in patterns])
    assert int(counts.sum()) == n  # every draw is a state
    chi_square = float(((counts - n * expected).square() / (n * expected)).sum())
    freedom = len(patterns) - 1
    assert chi_square < freedom + 5 * (2 * freedom) ** 0.5
    moved = float((drawn != v.flatten(1)).any(1).double().mean())
    assert moved > 0.1  # the file samples, and does not copy: about .2 of the rows move or more
    gap = means.reshape(n, -1).mean(0) - expected.numpy() @ patterns.double().numpy()
    assert np.abs(gap).max() < 5 * 0.5 / n**0.5


def test_what_a_model_has_not_is_the_reason():
    with pytest.raises(UsageError, match="free energy in closed form"):
        part(adapted(MLP([4, 2])), "free_energy")
    with pytest.raises(UsageError, match="from 1 to 1000"):
        part(adapted(harmonium.rbm(4, 2)), "gibbs", steps=0)
    with pytest.raises(UsageError, match="class probabilities"):
        part(adapted(harmonium.rbm(4, 2)), "forward")


def test_what_onnx_cannot_express_is_refused_in_words(tmp_path, capfd):
    words = harmonium.rbm(harmonium.Multinomial(5), 2)
    with pytest.raises(UsageError, match=r"ONNX cannot express this part .*lgamma"):
        export_onnx(words, tmp_path / "words.onnx", what="free_energy")
    assert not [*tmp_path.iterdir()]
    assert capfd.readouterr() == ("", "")


G = harmonium.Gaussian
CASES = {
    "gaussian": (lambda: harmonium.rbm(G(6), 3), ("encode", "free_energy", "gibbs")),
    "categorical": (
        lambda: harmonium.rbm(harmonium.Categorical(4, 3), 3),
        ("encode", "free_energy", "gibbs"),
    ),
    "spin": (
        lambda: harmonium.rbm(harmonium.Spin(6), harmonium.Spin(3)),
        ("encode", "free_energy", "gibbs"),
    ),
    "rectified": (lambda: harmonium.rbm(G(6), harmonium.Rectified(3)), ("encode", "free_energy")),
    "counts": (lambda: harmonium.rbm(harmonium.Multinomial(6), 3), ("encode",)),
    "dbm": (lambda: harmonium.dbm(6, 4, 3), ("encode", "gibbs")),
    "labelled": (
        lambda: harmonium.classification_rbm(6, 3, classes=3),
        ("forward", "encode", "free_energy", "gibbs"),
    ),
    "stack": (lambda: harmonium.belief_net(6, 5, 4), ("encode", "free_energy", "gibbs")),
    "labelled stack": (
        lambda: harmonium.belief_net(6, 5, 4, classes=3),
        ("forward", "encode", "gibbs"),
    ),
    "lateral": (lambda: harmonium.boltzmann(4, 2), ("gibbs",)),
    "hopfield": (lambda: harmonium.hopfield(5), ("gibbs",)),
    "mlp": (lambda: MLP([6, 5, 3]), ("forward", "encode")),
    "convnet": (convnet, ("forward", "encode")),
    "autoencoder": (lambda: Autoencoder([6, 5, 2]), ("forward", "encode", "decode")),
    "variational": (
        lambda: Codec(MLP([6, 5, 4]), MLP([2, 5, 6]), code=GaussianCode()),
        ("forward", "encode", "decode"),
    ),
    "hashing": (
        lambda: Codec(MLP([6, 5, 4]), MLP([4, 5, 6]), code=Noisy()),
        ("forward", "encode", "decode"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "what"), [(n, w) for n, (_, ws) in CASES.items() for w in ws])
def test_every_kind_of_model(name, what):
    machine = random_machine(CASES[name][0]())
    model = machine if name == "hopfield" else adapted(machine)
    chosen = part(model, what, steps=2)
    worst = check_onnx(onnx_bytes(chosen), chosen)
    assert worst <= (6.0 if what == "gibbs" else 1e-5)
