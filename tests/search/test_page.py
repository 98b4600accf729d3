"""The page of a search; searches of recipes are in test_searching."""

from harmonium.search.page import _ticks, search_page
from harmonium.search.study import Study
from tests.search.test_study import ABOUT, error


def test_the_page_tells_every_attempt(tmp_path):
    study = Study.create(tmp_path, ABOUT)
    for k in range(5):
        attempt = study.propose()
        if k == 3:
            study.keep(attempt, status="failed", reason="diverged <here>")
        else:
            study.keep(attempt, status="done", figure=error(attempt.values))
    page = search_page(study).read_text()
    assert "diverged &lt;here&gt;" in page
    assert f"attempt {study.best.number}" in page
    assert len([*(tmp_path / "search-figures").glob("*.png")]) == 3  # the course, two settings


def test_axes_have_few_round_ticks():
    assert _ticks(8, 32) == [10, 20]
    assert _ticks(1e-9, 1.0) == [1e-9, 1e-6, 1e-3, 1]
    assert _ticks(3e-3, 4e-3) == [3e-3, 4e-3]  # no round number between them
