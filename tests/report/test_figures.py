"""Figures as files: the same bytes as in the page, named by section, whole or not there."""

import pytest

from harmonium.report import Page, Picture, Section, curves, render
from harmonium.report.figures import save_figures, with_bytes


@pytest.fixture
def page():
    loss = Picture(curves({"loss": [2, 1]}), "the loss falls", "Loss.")
    sections = [Section("Log Z & more", ["words", loss, loss]), Section("Words", ["none"])]
    return Page(title="t", verdict="v", sections=sections)


def test_figures_are_named_by_section_and_place(page, tmp_path):
    drawn = with_bytes(page)
    written = save_figures(drawn, tmp_path / "figures")
    assert [p.name for p in written] == ["log-z-more-1.png", "log-z-more-2.png"]
    assert written[0].read_bytes() == drawn.sections[0].parts[1].figure
    assert sorted(p.name for p in (tmp_path / "figures").iterdir()) == [p.name for p in written]


def test_a_page_keeps_its_words_and_alt_texts(page):
    drawn = with_bytes(page)
    assert [s.title for s in drawn.sections] == [s.title for s in page.sections]
    assert (drawn.sections[0].parts[1].alt, drawn.sections[0].parts[1].caption) == (
        "the loss falls",
        "Loss.",
    )


def test_no_figure_makes_no_folder(tmp_path):
    page = Page(title="t", verdict="v", sections=[Section("Words", ["none"])])
    assert save_figures(page, tmp_path / "figures") == []
    assert not (tmp_path / "figures").exists()


def test_a_disk_that_is_full_leaves_the_old_figure(page, tmp_path, monkeypatch):
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "log-z-more-1.png").write_bytes(b"old")

    def refuse(*_):
        raise OSError("no space left")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OSError, match="no space"):
        save_figures(with_bytes(page), folder)
    assert [(p.name, p.read_bytes()) for p in folder.iterdir()] == [("log-z-more-1.png", b"old")]


def test_an_animation_stands_beside_its_picture_and_not_in_the_page(page, tmp_path):
    still = page.sections[0].parts[1]
    picture = Picture(still.figure, "it moves", moving=still.png() + b"moving")
    moving = Page(title="t", verdict="v", sections=[Section("Fit", [picture])])
    drawn = with_bytes(moving)
    written = save_figures(drawn, tmp_path / "figures")
    assert [p.name for p in written] == ["fit-1.png", "fit-1-moving.png"]
    assert written[1].read_bytes() == picture.moving
    assert "bW92aW5n" not in render(drawn)


def test_an_animation_is_a_png_file():
    with pytest.raises(ValueError, match="no PNG file"):
        Picture(curves({"loss": [2, 1]}), "words", moving=b"GIF89a")
