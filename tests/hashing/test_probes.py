from itertools import combinations

import numpy as np

from harmonium.hashing.probes import cheapest


def test_the_cheapest_sets_of_bits_by_enumeration():
    cost = np.random.default_rng(0).random(9)
    every = [
        (sum(cost[list(chosen)]), sum(1 << bit for bit in chosen))
        for k in range(10)
        for chosen in combinations(range(9), k)
    ]
    wanted = [number for _, number in sorted(every)][:50]
    assert cheapest(cost, 50).tolist() == wanted


def test_no_change_comes_first():
    assert cheapest(np.array([0.5, 0.1]), 4).tolist() == [0, 2, 1, 3]


def test_no_more_sets_than_there_are():
    assert len(cheapest(np.ones(3), 100)) == 8
