"""The replicated softmax against sums over words in their order, for every length."""

import itertools

import pytest
import torch

import harmonium as hm
from harmonium import exact, replicated_softmax
from harmonium.learning import CD, PCD, Learner
from harmonium.learning.geometry import Geometry
from harmonium.learning.gradient import gradient
from harmonium.learning.inference import positive
from harmonium.random import generator, seeded
from tests.laws.specimens import numbers, randomised

WORDS, HIDDEN = 3, 2


def machine(seed=1):
    graph = randomised(replicated_softmax(WORDS, HIDDEN), seed)
    torch.nn.init.zeros_(graph.units["h"].bias)
    return graph


def of_the_paper(graph, n, *, scaled=True):
    """log Z of documents of n words, by equation (7): a sum over all sequences and topics.

    With ``scaled=False`` the hidden bias is not multiplied by n, the wrong specimen.
    """
    c = graph.connections["v-h"]
    total = []
    for words in itertools.product(range(WORDS), repeat=n):
        v = torch.zeros(WORDS, dtype=torch.float64)
        for k in words:
            v[k] += 1
        for bits in itertools.product((0.0, 1.0), repeat=HIDDEN):
            h = torch.tensor(bits, dtype=torch.float64)
            d = n if scaled else 1
            total.append(h @ c.weight @ v + graph.units["v"].bias @ v + d * h @ c.bias)
    return float(torch.logsumexp(torch.stack(total), 0).detach())


@pytest.mark.parametrize("n", range(6))
def test_log_z_is_that_of_the_paper_at_every_length(n):
    graph = machine()
    z = float(exact.log_partition(graph.given(v=torch.tensor(float(n)))))
    assert z == pytest.approx(of_the_paper(graph, n), abs=1e-9)
    if n not in (1,):
        assert abs(z - of_the_paper(graph, n, scaled=False)) > 1e-3


def test_an_rbm_of_counts_is_another_model():
    """Its hidden bias counts once per document: equal at length 1 only."""
    graph = machine()
    other = hm.rbm(hm.Multinomial(WORDS), HIDDEN).double()
    other.units["v"].bias.data.copy_(graph.units["v"].bias)
    other.units["h"].bias.data.copy_(graph.connections["v-h"].bias)
    other.connections["v-h"].weight.data.copy_(graph.connections["v-h"].weight)
    gaps = []
    for n in (1.0, 4.0):
        z = [float(exact.log_partition(g.given(v=torch.tensor(n)))) for g in (graph, other)]
        gaps.append(abs(z[0] - z[1]))
    assert gaps[0] < 1e-9
    assert gaps[1] > 1e-3


@pytest.mark.parametrize("contrast", [CD(2), CD(1, hm.sampling.mean), PCD(1, chains=7)])
def test_documents_of_any_length_are_learned_and_the_hidden_bias_stays_zero(contrast):
    graph = replicated_softmax(4, 2)
    learner = Learner(
        graph, torch.optim.SGD(graph.parameters(), lr=0.01), contrast=contrast, source=generator(1)
    )
    before = graph.connections["v-h"].weight.clone()
    for _ in range(3):
        learner.step(
            {"v": torch.tensor([[3.0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0], [9, 0, 9, 2]])}
        )
    assert not torch.equal(before, graph.connections["v-h"].weight)
    assert torch.equal(graph.units["h"].bias, torch.zeros(2))
    if isinstance(contrast, PCD):
        assert sorted(learner.chains["v"].sum(1).unique().tolist()) == [0, 1, 4, 20]


def test_the_exact_gradient_leads_to_the_word_frequencies():
    """At the optimum of documents of one length, the model has the data's mean counts."""
    x = torch.tensor([[3.0, 0, 0], [2, 1, 0], [0, 1, 2]], dtype=torch.float64)
    graph = machine()
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.2)
    bound = graph.given(v=torch.tensor(3.0))
    for _ in range(2000):
        gradient(bound, positive(bound, {"v": x}), model=exact.phase(bound))
        optimiser.step()
    mean = exact.moments(bound)["v"][0]
    assert torch.allclose(mean, x.mean(0), atol=5e-3)


def test_centring_moves_the_word_bias_and_no_frozen_one():
    """With an offset of the topics alone: b' = b + W^T m + (a . m) 1, W and a as they are."""
    graph, m = machine(), numbers(HIDDEN, seed=5)
    x = torch.tensor([[2.0, 1, 0], [0, 3, 0]], dtype=torch.float64)
    bound = graph.given(v=torch.tensor(3.0))
    data, model = positive(bound, {"v": x}), exact.phase(bound)
    c = graph.connections["v-h"]
    gradient(bound, data, model=model)
    plain = c.weight.grad.clone(), c.bias.grad.clone(), graph.units["v"].bias.grad.clone()
    offsets = {"v": torch.zeros(WORDS, dtype=torch.float64), "h": m}
    gradient(bound, data, model=model, geometry=Geometry(offsets))
    weight = plain[0] - m[:, None] * plain[2]
    assert torch.allclose(c.weight.grad, weight)
    bias = plain[1] - m * plain[2].sum()
    assert torch.allclose(c.bias.grad, bias)
    assert torch.allclose(graph.units["v"].bias.grad, plain[2] - weight.mT @ m - (bias @ m))
    assert graph.units["h"].bias.grad is None


def test_a_file_keeps_the_hidden_bias_frozen(tmp_path):
    graph = machine()
    found = hm.load(hm.save(graph, tmp_path / "m.safetensors"))
    assert not found.units["h"].bias.requires_grad
    assert found.connections["v-h"].bias.requires_grad
    x = {"v": torch.tensor([[2.0, 1, 0]], dtype=torch.float64)}
    assert torch.equal(found.free_energy(x, "h"), graph.free_energy(x, "h"))


def test_long_documents_share_their_weights():
    graph = machine()
    x = torch.tensor([[100.0, 20, 3], [200, 40, 6]], dtype=torch.float64)
    field = graph.field("h", {"v": x})
    assert torch.allclose(field[1], 2 * field[0])
    assert bool(graph.free_energy({"v": x}, "h").isfinite().all())


def test_counts_in_an_hdf5_file_are_learned_without_reading_it_whole(tmp_path):
    """Rows stay in the file; the updates are those of rows in memory."""
    h5py = pytest.importorskip("h5py")
    from harmonium.data import Batches
    from harmonium.data.arrays import arrays
    from harmonium.data.streamed import Streamed
    from harmonium.learning import start_from

    x = torch.randint(0, 3, (300, 4), generator=generator(2, "cpu")).float()
    with h5py.File(tmp_path / "counts.h5", "w") as file:
        file.create_dataset("x", data=x.numpy().astype("uint8"), chunks=(50, 4))
    found = []
    for stream in (True, False):
        rows = arrays(tmp_path / "counts.h5", stream=stream).train.x
        assert isinstance(rows, Streamed) == stream
        with seeded(1):
            graph = replicated_softmax(4, 2)
        start_from(graph, {"v": rows})
        adam = torch.optim.Adam(graph.parameters(), lr=0.01)
        learner = Learner(graph, adam, contrast=CD(1), centring=None, source=generator(1))
        for batch in Batches({"v": rows}, size=50, source=generator(3)):
            learner.step(batch)
        found.append(graph.connections["v-h"].weight.detach().clone())
    assert torch.equal(*found)
