"""The over-replicated softmax: tied words, which are a prior of the topics."""

import pytest
import torch

import harmonium as hm
from harmonium import exact, over_replicated_softmax, replicated_softmax
from harmonium.learning import CD, PCD, Learner, linear_decay, lowest, start_from
from harmonium.learning.geometry import Geometry
from harmonium.learning.gradient import gradient
from harmonium.learning.inference import Copied, MeanField
from harmonium.likelihood import Ladder
from harmonium.models import adapted
from harmonium.random import generator, seeded
from tests.laws.specimens import randomised

M = 3


def machine():
    graph = randomised(over_replicated_softmax(4, 3, latent=M), 1)
    torch.nn.init.zeros_(graph.units["h"].bias)
    return graph


def without_latent_words(graph):
    """The replicated softmax with the same parameters."""
    plain = replicated_softmax(4, 3).double()
    plain.units["v"].bias.data.copy_(graph.units["v"].bias)
    plain.connections["v-h"].load_state_dict(graph.connections["v-h"].state_dict())
    return plain


@pytest.mark.parametrize("n", range(4))
def test_its_log_z_is_that_of_documents_with_m_more_words(n):
    """Seen and latent words in their order are n + M words of a replicated softmax."""
    graph = machine()
    z = exact.log_partition(graph.given(v=torch.tensor(float(n))))
    plain = without_latent_words(graph)
    longer = exact.log_partition(plain.given(v=torch.tensor(float(n + M))))
    assert float(z) == pytest.approx(float(longer), abs=1e-9)
    other = exact.log_partition(plain.given(v=torch.tensor(float(n))))
    assert abs(float(z) - float(other)) > 1e-3  # the wrong specimen: no latent words


def test_both_layers_share_their_parameters_in_memory_and_in_files(tmp_path):
    graph = machine()
    found = hm.load(hm.save(graph, tmp_path / "m.safetensors"))
    for one in (graph, found):
        assert one.units["u"].bias is one.units["v"].bias
        assert one.connections["u-h"].weight is one.connections["v-h"].weight
        assert sum(p.numel() for p in one.parameters()) == 4 + 3 + 4 * 3 + 3
    assert found.units["u"].total == M
    assert not found.units["h"].bias.requires_grad
    state = {"v": torch.tensor([[1.0, 1, 0, 0]]), "u": torch.tensor([[0, 0, 3.0, 0]])}
    state = {name: x.double() for name, x in state.items()}
    assert torch.equal(found.free_energy(state, "h"), graph.free_energy(state, "h"))


def test_copied_words_have_the_shares_of_the_seen_ones():
    graph, x = machine(), torch.tensor([[2.0, 2, 0, 0], [0, 0, 0, 9]]).double()
    phase = Copied()(graph, {"v": x})
    assert torch.allclose(phase.values["u"], M * x / x.sum(1, keepdim=True))
    assert [*phase.fields] == ["h"]
    c = graph.connections["v-h"]
    assert torch.allclose(phase.fields["h"], c(x + M * x / x.sum(1, keepdim=True)))


def test_it_learns_by_persistent_chains():
    x = torch.tensor([[3.0, 2, 0, 0], [0, 0, 1, 3]]).repeat(10, 1)
    with seeded(0):
        graph = over_replicated_softmax(4, 2, latent=M)
    start_from(graph, {"v": x})
    adam = torch.optim.Adam(graph.parameters(), lr=0.01)
    decay = linear_decay(adam, 400)
    learner = Learner(
        graph,
        adam,
        contrast=PCD(3, chains=100),
        inference=MeanField(),
        centring=None,
        source=generator(1),
    )
    model = adapted(graph)
    ladder = Ladder(betas=50, chains=50, sweeps=5)
    before = model.log_words(x[:2], train=x, ladder=ladder)["forward"].mean()
    for _ in range(400):
        learner.step({"v": x})
        decay.step()
    after = model.log_words(x[:2], train=x, ladder=ladder)["forward"].mean()
    assert float(after) > float(before) + 1
    assert sorted(learner.chains["u"].sum(1).unique().tolist()) == [M]


def test_centring_counts_the_shared_bias_once():
    """With an offset m of the topics: b' = b + W^T m + (a . m) 1, though two groups have it."""
    graph, m = machine(), torch.tensor([0.3, 0.6, 0.1]).double()
    x = torch.tensor([[2.0, 1, 0, 0], [0, 3, 0, 0]]).double()
    bound = graph.given(v=torch.tensor(3.0))
    data, model = exact.phase(bound, hold={"v": x}), exact.phase(bound)
    c = graph.connections["v-h"]
    gradient(bound, data, model=model)
    plain = c.weight.grad.clone(), c.bias.grad.clone(), graph.units["v"].bias.grad.clone()
    offsets = {"v": torch.zeros(4).double(), "u": torch.zeros(4).double(), "h": m}
    gradient(bound, data, model=model, geometry=Geometry(offsets))
    weight = plain[0] - m[:, None] * plain[2]
    bias = plain[1] - m * plain[2].sum()
    assert torch.allclose(c.weight.grad, weight)
    assert torch.allclose(graph.units["v"].bias.grad, plain[2] - weight.mT @ m - bias @ m)


def test_annealed_probabilities_of_documents_meet_enumeration():
    graph, x = machine(), torch.tensor([[2.0, 1, 0, 0], [0, 1, 0, 0]]).double()
    found = adapted(graph).log_words(x, train=x, ladder=Ladder(200, 200, 20))["forward"]
    for row, log_p in zip(x, found, strict=True):
        bound = graph.given(v=row.sum())
        truth = exact.log_prob(bound, {"v": row[None]})[0] - graph.units["v"].log_base(row[None])
        assert float(log_p) == pytest.approx(float(truth.detach()), abs=0.05)


def test_its_lowest_layer_is_the_replicated_softmax_of_the_seen_words():
    graph, v = machine(), torch.tensor([[2.0, 1, 0, 0], [0, 3, 0, 1]]).double()
    part, plain = lowest(graph, 1), without_latent_words(graph)
    for n, row in zip((3.0, 4.0), v, strict=True):
        mine, theirs = (exact.log_partition(g.given(v=torch.tensor(n))) for g in (part, plain))
        assert float(mine) == pytest.approx(float(theirs), abs=1e-12)
        free = [g.free_energy({"v": row[None]}, "h") for g in (part, plain)]
        assert torch.allclose(*free, rtol=0, atol=1e-12)
    assert part.connections["v-h"] is graph.connections["v-h"]


def test_greedy_of_depth_one_teaches_it_as_a_replicated_softmax():
    """The same draws: the parameters are equal to the bit, and the latent words share them."""
    x = torch.tensor([[3.0, 2, 0, 0], [0, 0, 1, 3]]).repeat(10, 1)
    with seeded(0):
        deep = over_replicated_softmax(4, 2, latent=M)
    with seeded(0):
        plain = replicated_softmax(4, 2)
    (layer,) = adapted(deep).split(1)
    for graph in (layer.machine, plain):
        adam = torch.optim.Adam(graph.parameters(), lr=0.01)
        learner = Learner(graph, adam, contrast=CD(2), centring=None, source=generator(1))
        for _ in range(20):
            learner.step({"v": x})
    mine = deep.connections["u-h"], deep.units["u"]
    theirs = plain.connections["v-h"], plain.units["v"]
    for one, other in zip(mine, theirs, strict=True):
        assert all(map(torch.equal, one.parameters(), other.parameters()))
    assert float(deep.connections["v-h"].weight.detach().std()) > 0.05  # it has learned
