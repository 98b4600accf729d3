"""Chains: those that mix are told from those that do not."""

import torch

import harmonium as hm
from harmonium.data import DataSet, Split
from harmonium.models import adapted
from harmonium.report.evidence import Evidence
from harmonium.report.sections.chains import ENTRY, section
from harmonium.runs import Run


def test_chains_of_a_weak_machine_agree(evidence):
    verdict, picture, table = section(evidence("energy")).parts
    assert "mix: after 300 sweeps, chains from different starts agree" in verdict
    assert picture.caption.startswith(
        "8 chains that start at training rows and 8 that start at random values"
    )
    assert [row[0] for row in table.rows] == [
        "started from data",
        "started at random",
        "all together",
    ]
    assert all(1 < row[3] for row in table.rows)


def test_chains_that_are_stuck_in_two_valleys_are_noticed(tmp_path):
    graph = hm.rbm(20, 20, std=0.0)
    with torch.no_grad():  # all on or all off, with a wall between: no chain crosses it
        graph.connections["v-h"].weight.fill_(2.0)
        graph.units["v"].bias.fill_(-20.0)
        graph.units["h"].bias.fill_(-20.0)
    half = torch.zeros(8, 20)
    half[4:] = 1.0
    seen = Evidence(Run(tmp_path), data=DataSet("toy", Split(half), shape=(20,)))
    seen.__dict__["models"] = {"machine": adapted(graph)}
    verdict, _, table = section(seen).parts
    assert "chains from different starts still differ" in verdict
    assert "Do not rely on samples" in verdict


def test_the_same_run_gives_the_same_traces(evidence):
    one, other = (section(evidence("energy")).parts[2].rows for _ in range(2))
    assert one == other


def test_of_a_stack_the_top_machine_is_run(evidence):
    assert section(evidence("classifier")).parts[0].startswith("The chains of the top machine")


def test_nothing_without_machine(evidence):
    assert ENTRY.section(evidence("failed")) is None
