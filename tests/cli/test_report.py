import json
import shutil

from tests.apply.learned import bits, classifier


def test_a_page_about_one_run(harmonium, tmp_path):
    copy = tmp_path / "runs" / "bits" / "20260101-000000-aaaa"
    shutil.copytree(bits().path, copy)
    (copy / "report.html").unlink(missing_ok=True)
    result = harmonium("report", "last")
    assert result.exit_code == 0, result.output
    assert result.stdout == "runs/bits/20260101-000000-aaaa/report.html\n"
    assert (copy / "report.html").read_text().startswith("<!doctype html>")


def test_a_page_that_compares(harmonium, tmp_path):
    for name, run in (("bits", bits()), ("classifier", classifier())):
        shutil.copytree(run.path, tmp_path / "runs" / name / "20260101-000000-aaaa")
    result = harmonium("report", "bits", "classifier", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert len(found["runs"]) == 2
    text = (tmp_path / found["page"]).read_text()
    assert "bits" in text
    assert "classifier" in text
