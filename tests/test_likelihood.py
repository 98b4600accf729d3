import pytest
import torch

from harmonium import belief_net, dbm, exact, rbm
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
