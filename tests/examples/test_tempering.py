"""The example's claims: plain Gibbs stays in its mode, tempering finds the enumerated shares."""

import pytest


@pytest.fixture(scope="module")
def found(example):
    return example.findings(chains=100, sweeps=300)


def test_the_truth_has_two_modes_with_a_wall_between(found):
    assert float(found.exact.sum()) == pytest.approx(1, abs=1e-4)
    assert float(found.exact[:3].sum()) == pytest.approx(0.36, abs=0.01)
    assert found.exact[3:10].sum() < 0.01


def test_plain_gibbs_fails_and_tempering_does_not(example, found):
    assert example.distance(found.gibbs, found.exact) > 0.5
    assert example.distance(found.tempering, found.exact) < 0.04


def test_the_tuned_ladder_rejects_evenly_and_makes_more_trips(found):
    (_, even), (betas, tuned) = found.even, found.tuned
    width = [float(r.rejection.max() - r.rejection.min()) for r in (even, tuned)]
    assert width[1] < width[0] / 2
    assert betas[0] == 0
    assert betas[-1] == 1
    assert tuned.trips.sum() > even.trips.sum() > 100


def test_the_page_tells_the_distances(example, found):
    made = example.page(found)
    _, table = made.sections[0].parts
    assert [row[0] for row in table.rows] == ["even", "tuned"]
    assert "by plain Gibbs sampling" in made.verdict
