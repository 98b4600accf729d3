"""A section is shown, or left out with its reason."""

from harmonium.needs import Needs
from harmonium.report.page import Section
from harmonium.report.sections.entry import Entry


def test_a_need_that_is_not_met_is_the_reason(evidence):
    seen = evidence("energy")
    entry = Entry("Right and wrong", lambda e: Section("x", ["y"]), Needs(("classifies",)))
    assert entry.section(seen) is None
    assert seen.left_out["Right and wrong"].startswith("no model of this run gives class")


def test_a_reason_of_its_own_and_nothing_to_report(evidence):
    seen = evidence("energy")
    assert Entry("a", lambda e: "there is no ink here").section(seen) is None
    assert Entry("b", lambda e: None).section(seen) is None
    assert seen.left_out == {"a": "there is no ink here"}
    assert Entry("c", lambda e: Section("c", ["words"])).section(seen).title == "c"
