"""log Z: both sides with their errors, and the assumption said aloud."""

from harmonium.report.sections.partition import ENTRY, section


def test_the_bracket_is_told_with_its_assumption(evidence):
    told, table, picture = section(evidence("energy")).parts
    assert "Here they differ by 0.08 nats." in told
    assert "equilibrium" in told
    assert "assumption" in told
    assert [row[1:3] for row in table.rows] == [[40.21, 0.03], [40.29, 0.05]]
    assert picture.alt == "log Z: forward 40.21 ± 0.03, reverse 40.29 ± 0.05"


def test_an_exact_one_is_called_exact(evidence):
    seen = evidence("energy")
    numbers = seen.results["trials"][0]["methods"]["rbm"]
    numbers.update(log_z_exact=True, log_z_forward=-3.5)
    assert section(seen).parts == [
        "log Z is −3.500 nats, summed over all states: the likelihoods of this run are exact."
    ]


def test_one_side_alone_is_called_optimistic(evidence):
    seen = evidence("energy")
    del seen.results["trials"][0]["methods"]["rbm"]["log_z_reverse"]
    told, table = section(seen).parts
    assert told.startswith("There is a forward estimate only. On average it is too low")
    assert len(table.rows) == 1


def test_nothing_where_nobody_estimated_it(evidence):
    assert ENTRY.section(evidence("classifier")) is None
    assert ENTRY.section(evidence("failed")) is None
