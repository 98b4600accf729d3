"""The verdict: what was reached and how sure that is, or honestly that it was not."""

import pytest

from harmonium.report.scores import Score
from harmonium.report.verdict import _duration, against, facts, verdict


def test_a_finished_run_says_what_it_reached_and_what_a_baseline_did(evidence):
    words, tone = verdict(evidence("classifier"))
    assert words == (
        "Test accuracy 87.5% ± 0.4% (mean ± standard deviation of 3 trials). The best baseline, "
        "logistic regression, reached 86.4% (1.1 points worse; more than two standard errors over "
        "the trials). The same net without pre-training reached 82.4%."
    )
    assert tone == "good"


def test_a_better_baseline_is_not_hidden(evidence):
    seen = evidence("classifier")
    for trial in seen.results["trials"]:
        trial["methods"]["svc"] = {"accuracy": 0.95}
    words, tone = verdict(seen)
    assert "support vector machine, reached 95.0%" in words
    assert "better" in words
    assert tone == "plain"


def test_a_likelihood_names_the_other_side_of_log_z(evidence):
    words, _ = verdict(evidence("energy"))
    assert words == (
        "Test log-likelihood −21.40 nats per row (95% interval −21.79 to −21.01, 500 rows), "
        "or −21.32 with the optimistic estimate of log Z. "
        "The recipe compares with no other method."
    )


def test_a_run_without_a_judge_says_so(evidence):
    words, tone = verdict(evidence("table"))
    assert words == (
        "Finished after epoch 12 of training. "
        "The recipe has no judge, so there is no final result."
    )
    assert tone == "plain"


def test_a_failed_run_says_where_and_why(evidence):
    words, tone = verdict(evidence("failed"))
    assert words.startswith("Failed after epoch 3 of pre-training, layer 1: learning diverged")
    assert tone == "bad"


@pytest.mark.parametrize(
    ("status", "start", "tone"),
    [
        ("interrupted", "Interrupted after epoch", "warning"),
        ("running", "Not finished", "warning"),
    ],
)
def test_a_run_that_did_not_end_says_so_whatever_its_figures(evidence, status, start, tone):
    seen = evidence("classifier")
    seen.status["status"] = status
    words, found = verdict(seen)
    assert words.startswith(start)
    assert found == tone


def test_a_traceback_gives_its_last_line(evidence):
    seen = evidence("failed")
    seen.status["reason"] = "Traceback (most recent call last):\n  ...\nValueError: boom\n"
    assert verdict(seen)[0].endswith(": ValueError: boom")


def test_facts_are_short(evidence):
    found = facts(evidence("classifier"))
    assert found["test accuracy"] == "87.5%"
    assert found["training rows"] == "1,000"
    assert found["labelled rows"] == "100"
    assert found["units"] == "64–40–30"
    assert found["trials"] == 3
    assert facts(evidence("failed", data=None)).keys() == {"seed", "took"}


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "0 s"), (90, "1.5 min"), (7200, "2.0 h")])
def test_durations(seconds, said):
    assert _duration(seconds) == said


def test_of_an_error_less_is_better():
    ours, theirs = Score("net", "error", (0.1,), rows=100), Score("svc", "error", (0.3,), rows=100)
    assert "(20.0 points worse" in against(ours, theirs)
    assert "(20.0 points better" in against(theirs, ours)
