"""Evidence: what is there, what is not, and nothing that changes the run."""

import math

import pytest
import torch

from harmonium.data import DataSet, Split
from harmonium.report.evidence import Evidence


def test_a_finished_run_shows_all_that_it_has(evidence):
    seen = evidence("classifier")
    assert seen.status["status"] == "done"
    assert [*seen.models] == ["machine", "net"]
    assert len(seen.models["machine"].machine.graphs) == 2
    assert seen.able("classifies") is seen.models["net"]
    assert seen.first("encodes") is seen.models["machine"]
    assert seen.image == (8, 8)
    assert seen.held_out[0] == "test"
    assert {record.stage for record in seen.records} == {"pretrain/0", "pretrain/1"}
    assert seen.left_out == {}


@pytest.mark.parametrize(
    ("stage", "status", "layers"),
    [
        ("pretrain/1", "interrupted", 1),
        ("pretrain/0", "failed", 0),
        ("fine_tune", "interrupted", 2),
        ("pretrain/1", "done", 2),
    ],
)
def test_a_stack_that_was_cut_short_shows_the_layers_that_have_learned(
    evidence, stage, status, layers
):
    seen = evidence("classifier")
    seen.status["status"] = status
    seen.metrics[:] = [{"trial": 0, "stage": stage, "epoch": 1}]
    machine = seen.models.get("machine")
    assert (0 if machine is None else len(machine.machine.graphs)) == layers


def test_a_run_that_failed_early_has_less_and_that_is_no_fault(evidence):
    seen = evidence("failed", data=None)
    assert (seen.models, seen.records) == ({}, [])
    assert seen.held_out is None
    assert seen.scores == []
    assert seen.left_out == {}


def test_a_damaged_file_is_noted_with_its_reason(evidence, tmp_path):
    run, _ = evidence("failed").run, None
    copy = tmp_path / "run"
    copy.mkdir()
    for name in ("status.json", "recipe.resolved.yaml"):
        (copy / name).write_text((run.path / name).read_text())
    (copy / "results.json").write_text("{broken")
    (copy / "models").mkdir()
    (copy / "models" / "0-machine.safetensors").write_bytes(b"broken")
    seen = Evidence(type(run)(copy))
    assert seen.scores == []
    assert seen.models == {}
    assert set(seen.left_out) == {"the results", "the machine"}
    assert "copy it again" in seen.left_out["the machine"]


def test_pictures_of_real_values_are_scaled_and_say_so():
    x = torch.tensor([[-2.0, 0.0, 1.0, 2.0]])
    seen = Evidence(None, data=DataSet("toy", Split(x), shape=(2, 2)))
    assert seen.grey == (-2, 2)
    assert seen.seen(x).tolist() == [[0, 0.5, 0.75, 1]]
    assert seen.scale_note == " Black is −2, white is 2."


def test_values_in_the_unit_interval_are_shown_as_they_are():
    x = torch.tensor([[0.2, 0.3, 0.4, 0.5]])
    seen = Evidence(None, data=DataSet("toy", Split(x), shape=(2, 2)))
    torch.testing.assert_close(seen.seen(x), x)
    assert seen.scale_note == ""


def test_a_row_of_numbers_is_no_picture(evidence):
    assert evidence("table").image is None


@pytest.mark.parametrize("shape", [(1, 8), (4, 2, 3), (6,)])
def test_rows_that_are_no_pictures_are_named_with_their_shape(evidence, shape):
    rows = torch.zeros(3, math.prod(shape), dtype=torch.float32)
    seen = evidence("failed", data=DataSet("waves", Split(rows), shape=shape))
    reason = seen.missing_pictures()
    assert reason == f"waves: rows of shape {shape} are no pictures"


def test_pictures_lack_no_picture(evidence):
    assert evidence("classifier").missing_pictures() is None
    assert evidence("failed", data=None).missing_pictures().startswith("the data of the run")


def test_bits_are_drawn_where_the_recipe_draws_them(evidence):
    seen = evidence("energy")
    assert set(seen.rows(seen.data.train, 50).unique().tolist()) - {0.0, 1.0}
    seen.recipe["data"]["batch_transform"] = "sampled"
    bits = seen.rows(seen.data.train, 50)
    assert set(bits.unique().tolist()) == {0.0, 1.0}
    torch.testing.assert_close(bits, seen.rows(seen.data.train, 50))


def test_every_source_is_new_and_of_the_reports_own(evidence):
    seen, before = evidence("energy"), torch.random.get_rng_state()
    first = torch.rand(3, generator=seen.source())
    assert torch.equal(first, torch.rand(3, generator=seen.source()))
    assert torch.equal(before, torch.random.get_rng_state())
