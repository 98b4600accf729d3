"""The study on disk."""

import pytest

from harmonium.search.study import Study

ABOUT = {
    "recipe": "a.yaml",
    "overrides": [],
    "space": {"lr": {"low": 1e-4, "high": 1.0, "log": True}, "kind": {"choices": ["a", "b"]}},
    "figure": "error",
    "direction": "min",
    "seed": 0,
}


def error(values):
    import math

    return (math.log10(values["lr"]) + 2) ** 2 + (values["kind"] == "b")


def test_a_resumed_study_proposes_the_same(tmp_path):
    whole = Study.create(tmp_path / "whole", ABOUT)
    for _ in range(14):
        attempt = whole.propose()
        whole.keep(attempt, status="done", figure=error(attempt.values))
    stopped = Study.create(tmp_path / "stopped", ABOUT)
    for _ in range(14):
        attempt = stopped.propose()
        stopped.keep(attempt, status="done", figure=error(attempt.values))
        stopped = Study.open(tmp_path / "stopped")
    assert [a.values for a in whole.attempts] == [a.values for a in stopped.attempts]
    assert len({str(a.values) for a in whole.attempts}) == 14


def test_the_proposals_approach_the_best(tmp_path):
    study = Study.create(tmp_path / "study", ABOUT)
    for _ in range(40):
        attempt = study.propose()
        study.keep(attempt, status="done", figure=error(attempt.values))
    best = study.best
    assert best.values["kind"] == "a"
    assert best.figure < 0.01
    early, late = study.attempts[:10], study.attempts[-10:]
    assert sum(a.figure for a in late) < sum(a.figure for a in early) / 2


def test_no_setting_is_tried_twice(tmp_path):
    about = {**ABOUT, "space": {"kind": {"choices": ["a", "b"]}, "n": {"low": 1, "high": 2}}}
    study = Study.create(tmp_path / "study", about)
    found = []
    while (attempt := study.propose()) is not None:
        found.append(str(study.keep(attempt, status="done", figure=0.5).values))
    assert len(found) == len({*found}) == 4


def test_hopeless_attempts_are_seen(tmp_path):
    study = Study.create(tmp_path / "study", ABOUT)
    for k in range(6):
        curve = {"1": 0.5, "2": 0.4 + 0.01 * k, "3": 0.3 + 0.01 * k}
        attempt = study.propose()
        study.keep(attempt, status="done", figure=0.3, by_epoch=curve)
    attempt = study.propose()
    assert not study.hopeless(study.keep(attempt, by_epoch={"1": 0.5, "2": 0.35, "3": 0.2}))
    assert study.hopeless(study.keep(attempt, by_epoch={"1": 0.9, "2": 0.9, "3": 0.9}))


def test_a_study_is_never_overwritten(tmp_path):
    Study.create(tmp_path, ABOUT)
    with pytest.raises(FileExistsError, match="--resume"):
        Study.create(tmp_path, ABOUT)
    with pytest.raises(FileNotFoundError, match="no study here"):
        Study.open(tmp_path / "other")
