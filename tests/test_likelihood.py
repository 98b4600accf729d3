import pytest
import torch

from harmonium import belief_net, dbm, exact, likelihood, rbm
from harmonium.likelihood import Ladder, density, quick
from harmonium.random import bernoulli, generator, seeded

SHORT = Ladder(betas=300, chains=200, sweeps=200, seed=0)
ROWS = {
    name: bernoulli(torch.full((n, 6), 0.5), generator(n))
    for name, n in (("train", 40), ("test", 9))
}


def made(build):
    with seeded(0):
        return build()


def test_enumeration_gives_the_exact_log_likelihood():
    graph = made(lambda: rbm(6, 4, std=1.0))
    found = density(graph, ROWS)
    for name, x in ROWS.items():
        expected = float(exact.log_prob(graph, {"v": x}).mean())
        assert found["rows"][name]["exact"] == pytest.approx(expected, abs=1e-5)
        assert found["rows"][name]["count"] == len(x)
    assert found["log_z"]["exact"]["value"] == pytest.approx(float(exact.log_partition(graph)))
    assert (found["method"], found["bound"]) == ("exact", False)


def test_the_ladder_brackets_the_exact_answer():
    graph = made(lambda: rbm(6, 4, std=1.0))
    found, expected = density(graph, ROWS, train=ROWS["train"], ladder=SHORT), density(graph, ROWS)
    exact_z = expected["log_z"]["exact"]["value"]
    for side in ("forward", "reverse"):
        z = found["log_z"][side]
        assert z["value"] == pytest.approx(exact_z, abs=4 * z["stderr"])
        assert 0 < z["stderr"] < 0.1
        assert 1 < z["ess"] <= 200
    for name in ROWS:
        row = found["rows"][name]
        assert row["pessimistic"] <= row["optimistic"]
        assert row["optimistic"] == pytest.approx(expected["rows"][name]["exact"], abs=0.1)
    assert "200 sweeps" in found["assumption"]


def test_a_belief_net_gets_its_bound():
    net = made(lambda: belief_net(6, 5, 3, std=0.5))
    found = density(net, ROWS)
    assert found["bound"]
    v = ROWS["test"]
    log_z = exact.log_partition(net.graphs[-1])
    repeated = net.bound(v, log_z, samples=2000, source=generator(1)).mean()
    assert found["rows"]["test"]["exact"] == pytest.approx(float(repeated), abs=0.3)
    close = density(net, ROWS, train=ROWS["train"], ladder=SHORT)
    assert close["log_z"]["forward"]["value"] == pytest.approx(float(log_z), abs=0.1)


def test_too_many_states_are_refused():
    graph = rbm(100, 100)
    assert not quick(graph)
    assert quick(rbm(6, 4))
    assert quick(belief_net(300, 6, 4))  # of its top alone
    with pytest.raises(ValueError, match="too many to enumerate"):
        density(graph, {"train": torch.zeros(2, 100)})


def test_rows_out_of_range_are_refused():
    with pytest.raises(ValueError, match="2"):
        density(rbm(6, 4), {"train": torch.full((3, 6), 2.0)})


def test_a_ladder_needs_training_rows():
    with pytest.raises(ValueError, match="starts from training rows"):
        density(rbm(6, 4), ROWS, ladder=SHORT)


def test_a_deep_machine_gets_its_bound_and_how_far_it_lies_below():
    with seeded(0):
        graph = dbm(6, 5, 4, std=1.5)
    found, truth = density(graph, ROWS), exact.log_prob(graph, {"v": ROWS["test"]}).mean()
    assert found["bound"]
    row = found["rows"]["test"]
    assert row["exact"] < float(truth) - 0.02
    assert row["gap"]["count"] == 9
    estimate = row["exact"] + row["gap"]["value"]
    assert estimate == pytest.approx(float(truth), abs=0.01)
    close = density(graph, ROWS, train=ROWS["train"], ladder=SHORT)
    for side in ("forward", "reverse"):
        z = close["log_z"][side]
        assert z["value"] == pytest.approx(
            float(exact.log_partition(graph)), abs=4 * z["stderr"] + 1e-3
        )


def test_an_rbm_has_no_gap():
    assert "gap" not in density(made(lambda: rbm(6, 4)), ROWS)["rows"]["test"]


# --- the two sides, and what they rest on ------------------------------------------------------


def lone(mean, *, hidden=6):
    """Independent units with these means: every rung of a ladder from the same rates is alike.

    The hidden ones are more, so that they are summed away and the visible ones drawn.
    """
    graph = rbm(len(mean), hidden, std=0.0)
    with torch.no_grad():
        graph.units["v"].bias.copy_(torch.logit(torch.as_tensor(mean)))
    return graph


def test_the_optimistic_side_takes_the_lower_log_z_and_the_pessimistic_the_higher():
    """A ladder far too short, so that the two sides lie nats apart and the truth between them."""
    graph = made(lambda: rbm(12, 16, std=1.5))
    rows = {name: torch.cat([x, x], 1) for name, x in ROWS.items()}
    coarse = Ladder(betas=1, chains=4, sweeps=300, seed=2)
    found = density(graph, rows, train=rows["train"], ladder=coarse)
    low, high = (found["log_z"][side]["value"] for side in ("forward", "reverse"))
    truth = float(exact.log_partition(graph))
    assert low < truth - 1
    assert high > truth + 1
    for name, x in rows.items():
        above = -float(graph.free_energy({"v": x}, ("h",)).detach().double().mean())
        row = found["rows"][name]
        assert row["optimistic"] == pytest.approx(above - low, abs=1e-5)
        assert row["pessimistic"] == pytest.approx(above - high, abs=1e-5)
        assert row["pessimistic"] < above - truth < row["optimistic"]


def test_the_pessimistic_side_is_never_above_the_optimistic_one():
    """Where chance puts the reverse run below the forward one, both sides are the forward one."""
    graph = made(lambda: rbm(6, 4, std=0.3))
    above = -float(graph.free_energy({"v": ROWS["test"]}, ("h",)).detach().double().mean())
    crossed = 0
    for seed in range(12):
        ladder = Ladder(betas=30, chains=10, sweeps=20, seed=seed)
        found = density(graph, ROWS, train=ROWS["train"], ladder=ladder)
        low, high = (found["log_z"][side]["value"] for side in ("forward", "reverse"))
        row = found["rows"]["test"]
        assert row["optimistic"] == pytest.approx(above - low, abs=1e-5)
        assert row["pessimistic"] == pytest.approx(above - max(high, low), abs=1e-5)
        crossed += high < low
    assert 0 < crossed < 12


@pytest.mark.parametrize("ladder", [None, SHORT])
def test_the_standard_error_is_that_of_the_sample_of_rows(ladder):
    graph = made(lambda: rbm(6, 4, std=1.0))
    found = density(graph, ROWS, train=ROWS["train"], ladder=ladder)
    for name, x in ROWS.items():
        scores = exact.log_prob(graph, {"v": x}).double()
        expected = float((scores - scores.mean()).square().sum() / (len(x) - 1) / len(x)) ** 0.5
        assert found["rows"][name]["stderr"] == pytest.approx(expected, rel=1e-4)
    one = density(graph, {"one": ROWS["test"][:1]})["rows"]["one"]
    assert one["stderr"] is None


def test_a_deep_machines_gap_has_the_standard_error_of_its_rows():
    """Four identical rows differ by chance of the ladder only, others by what they are."""
    with seeded(0):
        graph = dbm(6, 5, 4, std=1.5)
    different = bernoulli(torch.full((64, 6), 0.5), generator(1))
    same = different[:1].expand(64, 6)
    rows = density(graph, {"different": different, "same": same})["rows"]
    truth = exact.log_prob(graph, {"v": different}).double()
    for name in ("different", "same"):
        assert rows[name]["gap"]["count"] == 64
        assert rows[name]["gap"]["value"] > 0
    assert rows["different"]["gap"]["stderr"] > 3 * rows["same"]["gap"]["stderr"]
    spread = rows["different"]["gap"]["stderr"] * 64**0.5
    assert 0 < spread < float(truth.max() - truth.min())


@pytest.mark.parametrize("side", ["forward", "reverse"])
def test_both_runs_go_between_the_model_and_the_means_of_all_training_rows(side):
    """1500 rows, the first thousand unlike the others: their means are the model's own, so that
    one step is exact. From other rows, or units without a base, it is not."""
    rates = torch.tensor([0.2, 0.4, 0.6, 0.8]).double()
    order = torch.arange(1500) / 1500  # rows sorted: a piece of them has other means
    train = (order[:, None] < rates).float()
    graph = lone(train.double().mean(0))
    once = Ladder(betas=1, chains=200, sweeps=3, seed=1)
    found = density(graph, {"train": train}, train=train, ladder=once)["log_z"][side]
    assert found["value"] == pytest.approx(float(exact.log_partition(graph)), abs=1e-5)
    assert found["stderr"] < 1e-5
    assert found["ess"] == pytest.approx(200, rel=1e-5)
    away = density(graph, {"train": train}, train=1 - train, ladder=once)["log_z"][side]
    assert away["stderr"] > 0.02
    assert away["ess"] < 150


def two_modes():
    """All units on, or all off, which one row in nine is; a chain needs some sweeps to change."""
    graph = rbm(4, 1, std=0.0)
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(4.0)
        graph.units["v"].bias.fill_(-2.0)
        graph.units["h"].bias.fill_(-6.0)
    return graph


def test_the_reverse_run_starts_where_sweeps_have_forgotten_the_training_rows():
    """Training rows from one mode only: without sweeps a nat and a half of log Z is missing."""
    graph, train = two_modes(), torch.zeros(50, 4)
    truth = float(exact.log_partition(graph))

    def reverse(sweeps):
        ladder = Ladder(betas=200, chains=200, sweeps=sweeps, seed=3)
        found = density(graph, {"train": train}, train=train, ladder=ladder)
        assert f"{sweeps} sweeps from training rows" in found["assumption"]
        return found["log_z"]["reverse"]

    settled = reverse(300)
    assert settled["value"] == pytest.approx(truth, abs=5 * settled["stderr"])
    assert settled["stderr"] < 0.1
    assert reverse(0)["value"] < truth - 1


def test_the_reverse_run_starts_near_training_rows():
    """Without sweeps it starts from draws given what is hidden in them, mode by mode."""
    graph = two_modes()
    on, off = (
        density(
            graph,
            {"train": train},
            train=train,
            ladder=Ladder(betas=200, chains=200, sweeps=0, seed=3),
        )["log_z"]["reverse"]["value"]
        for train in (torch.ones(50, 4), torch.zeros(50, 4))
    )
    assert on == pytest.approx(float(exact.log_partition(graph)), abs=0.3)
    assert off < on - 1


def test_rows_in_several_pieces_are_one_sample():
    graph = made(lambda: rbm(6, 4, std=1.0))
    many = bernoulli(torch.full((2300, 6), 0.4), generator(5))
    row = density(graph, {"many": many})["rows"]["many"]
    truth = exact.log_prob(graph, {"v": many}).double()
    assert row["exact"] == pytest.approx(float(truth.mean()), abs=1e-5)
    assert row["stderr"] == pytest.approx(float(truth.std()) / 2300**0.5, rel=1e-4)


def test_both_sides_repeat_by_their_seed_alone():
    graph = made(lambda: rbm(6, 4, std=1.0))
    ladders = [Ladder(betas=20, chains=20, sweeps=5, seed=seed) for seed in (1, 1, 2)]
    sides = [density(graph, ROWS, train=ROWS["train"], ladder=a)["log_z"] for a in ladders]
    assert sides[0] == sides[1]
    for side in ("forward", "reverse"):
        assert sides[0][side]["value"] != sides[2][side]["value"]


def test_a_belief_nets_ladder_begins_at_the_means_of_its_features():
    """Its top is made independent units with these means, so that one step is exact."""
    net = made(lambda: belief_net(6, 4, 7, std=1.0))
    top = net.graphs[-1]
    with torch.no_grad():
        top.edges[0].connection.weight.zero_()
        top.units["h"].bias.zero_()
        top.units["v"].bias.copy_(torch.logit(net.features(ROWS["train"]).double().mean(0)))
    once = Ladder(betas=1, chains=100, sweeps=3, seed=1)
    found = density(net, ROWS, train=ROWS["train"], ladder=once)["log_z"]
    for side in found.values():
        assert side["value"] == pytest.approx(float(exact.log_partition(top)), abs=1e-4)
        assert side["stderr"] < 1e-4


def test_reverse_runs_start_near_all_training_rows_in_turn(monkeypatch):
    """Hidden units copy what they see, so that a draw given them is the row itself."""
    graph, begun, whole = rbm(6, 6, std=0.0), [], likelihood.reverse_ais
    with torch.no_grad():
        graph.edges[0].connection.weight.copy_(40 * torch.eye(6))
        for units in graph.units.values():
            units.bias.fill_(-20)

    def watched(top, state, **more):
        begun.append(state)
        return whole(top, state, **more)

    monkeypatch.setattr(likelihood, "reverse_ais", watched)
    train, ladder = ROWS["train"], Ladder(betas=2, chains=100, sweeps=0)
    density(graph, ROWS, train=train, ladder=ladder)
    assert torch.equal(begun[0]["v"], train[torch.arange(100) % len(train)])
