"""The report of a run: its files, what it leaves unchanged, what it does in trouble."""

import hashlib
import json
import re

import pytest
import torch

from harmonium.report import run_page, write_run
from harmonium.report.evidence import Evidence
from harmonium.report.sections.entry import Entry
from harmonium.runs import Run
from harmonium.storage import save
from tests.report import specimens


def contents(folder):
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_report_is_one_page_and_its_figures_and_changes_nothing_else(made):
    run, data = made("energy")
    before, state = contents(run.path), torch.random.get_rng_state()
    page = write_run(run, data=data)
    assert page == run.path / "report.html"
    after = contents(run.path)
    new = set(after) - set(before) - {"report.html"}
    assert all(name.startswith("figures/") and name.endswith(".png") for name in new)
    kept = {name: mark for name, mark in after.items() if name in before and "figures" not in name}
    assert {n: m for n, m in kept.items() if n != "report.html"} == {
        n: m for n, m in before.items() if n != "report.html" and "figures" not in n
    }
    assert torch.equal(state, torch.random.get_rng_state())


def test_writing_it_again_gives_the_same_page(made):
    run, data = made("energy")
    first = write_run(run, data=data).read_bytes()
    assert write_run(run, data=data).read_bytes() == first


def test_the_sections_of_a_classifier_in_order(evidence):
    page = run_page.run_page(evidence("classifier"))
    assert [section.title for section in page.sections] == [
        "Results",
        "Learning",
        "The data",
        "Weights",
        "Reconstructions",
        "Samples",
        "Hidden activity",
        "Map of the codes",
        "Free energy",
        "Right and wrong",
        "Chains",
        "How to repeat this run",
        "Left out",
    ]
    assert page.sections[-1].parts[0].rows == [
        ["What the run noticed", "no stage and no judge has checked for what goes wrong"],
        [
            "Gradients by layer",
            "no stage of this run trains the layers of a net by gradient descent",
        ],
        ["log Z", "no judge has estimated log Z"],
    ]
    assert page.title == "digits-dbn"


def test_a_machine_that_diverged_costs_pictures_but_not_the_report(tmp_path):
    run, data = specimens.energy(tmp_path)
    machine = run.machine()
    with torch.no_grad():
        machine.connections["v-h"].weight[0, 0] = float("nan")
    save(machine, run.path / "models" / "0-machine.safetensors")
    text = write_run(run, data=data).read_text("utf-8")
    assert ">Left out<" in text
    assert "1 of 1920 values of connections.v-h.weight are not finite" in text
    assert ">The data<" in text


def test_a_section_with_a_fault_is_left_out_with_its_reason(evidence, monkeypatch):
    def broken(_):
        raise RuntimeError("no ink")

    monkeypatch.setattr(run_page, "SECTIONS", (Entry("Ink", broken), *run_page.SECTIONS))
    page = run_page.run_page(evidence("table"))
    assert page.sections[-1].title == "Left out"
    assert ["Ink", "no ink"] in page.sections[-1].parts[0].rows


def test_a_missing_package_is_said_and_not_left_out(evidence, monkeypatch):
    def broken(_):
        raise ImportError('a report needs matplotlib: pip install "harmonium[app]"')

    monkeypatch.setattr(run_page, "SECTIONS", (Entry("Ink", broken),))
    with pytest.raises(ImportError, match="pip install"):
        run_page.run_page(evidence("table"))


def test_a_directory_with_a_status_alone_has_a_page(tmp_path):
    status = {"status": "failed", "reason": "no such file: digits.npy", "format": 1}
    (tmp_path / "status.json").write_text(json.dumps(status))
    text = write_run(Run(tmp_path)).read_text("utf-8")
    assert "Failed before the first epoch ended: no such file: digits.npy" in text


def test_data_that_are_gone_are_named(made, monkeypatch):
    def gone(*_):
        raise FileNotFoundError("digits.npy: no such file; bring it back")

    monkeypatch.setattr("harmonium.report.prepared.prepared", gone)
    seen = Evidence(made("energy")[0])
    seen.read_data()
    page = run_page.run_page(seen)
    rows = page.sections[-1].parts[0].rows
    assert rows[0] == ["the data", "digits.npy: no such file; bring it back"]
    assert ["Chains", "the data of the run cannot be read here"] in rows


def test_training_itself_leaves_the_page_that_the_report_would_write(made):
    run, _ = made("trained")
    page = (run.path / "report.html").read_text("utf-8")
    for title in ("Results", "Learning", "The data", "Right and wrong", "log Z", "Chains"):
        assert f">{title}<" in page
    assert ">Left out<" not in page
    assert re.search(
        r"Test accuracy [\d.]+% ± [\d.]+% \(mean ± standard deviation of 2 trials\)", page
    )
    assert write_run(run).read_text("utf-8") == page
