"""A stage consists of parts that are built when their turn comes."""

import pytest

from harmonium.registry import KINDS
from tests.stages import small


@pytest.mark.parametrize("name", KINDS["Stage"])
def test_every_stage_says_what_it_needs(name):
    import importlib

    home, _, cls = KINDS["Stage"][name].partition(":")
    stage = getattr(importlib.import_module(home), cls)
    stage = stage() if isinstance(stage.needs, property) else stage
    assert stage.needs.model
    if name != "load":  # which reads a file, and no rows
        rows = {"train", "labelled train", "known train", "targets train", "play"}
        assert rows & {*stage.needs.data}


def test_nothing_is_built_before_its_turn():
    trial = small.one()
    before = trial.models["machine"].saved()
    before = {name: x.clone() for name, x in before.items()}
    parts = [p for name, stage in trial.stages.items() for p in stage.parts(trial, name)]
    assert [part.name for part in parts] == ["pretrain/0", "pretrain/1", "fine_tune"]
    assert all((x == before[name]).all() for name, x in trial.models["machine"].saved().items())
    assert [*trial.models] == ["machine"]
