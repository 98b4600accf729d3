"""One file, no script, no outside request, alt text on every picture, no half-written page."""

import base64
import html
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from harmonium.report import (
    Code,
    Page,
    Picture,
    Section,
    Table,
    bars,
    confusion,
    curves,
    filters,
    images,
    render,
    write,
)

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-quic --hide-scrollbars"
).split()
LONG = "a_very_long_name_without_any_space_" * 12
VOID = {"meta", "link", "img", "br"}


class Outline(HTMLParser):
    """Tags with their attributes; fails on a tag closed out of order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self._open = [], []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def page():
    draws = np.random.default_rng(0)
    table = Table(
        columns=["model", "accuracy", *[f"column {i}" for i in range(12)]],
        rows=[["rbm", (0.9312, 0.004), *range(12)], ["dbn", (0.9876, 0.002), *range(12)]],
        specs={"accuracy": ".4f"},
        best={"accuracy": "max"},
        caption="All of it",
    )
    parts = [
        "Text with <b>tags</b> & signs, and " + LONG,
        table,
        Picture(filters(draws.normal(size=(9, 16)), (4, 4)), 'nine "signed" filters', "Filters"),
        Picture(images(draws.random((9, 16)), (4, 4)), "nine images"),
        "Between.",
        Picture(curves({"loss": [3, 2, 1]}), "the loss falls"),
        Picture(confusion(np.eye(28), [f"class {i}" for i in range(28)]), "a wide matrix"),
        Picture(bars({"rbm": (0.9, 0.1)}), "one bar"),
        Code(
            "harmonium train recipe.yaml --name " + LONG + " <script>alert(1)</script>", "Command"
        ),
    ]
    sections = [Section("Results", parts), Section("Empty", []), Section("Third <3", ["end"])]
    facts = {"accuracy": "98.8 %", "name": LONG}
    return Page(
        title="Digits <i>",
        verdict="Works: " + LONG,
        sections=sections,
        status="good",
        subtitle="run 1",
        facts=facts,
    )


@pytest.fixture(scope="module")
def text(page):
    return render(page)


def without_data(text):
    return re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "data:", text)


# --- what the file holds --------------------------------------------------------------------


def test_nothing_runs_and_nothing_is_fetched(text):
    bare = without_data(text)
    assert not re.search(r"https?://|//\w|@import|url\(", bare)
    assert "<script" not in bare
    assert not re.search(r"<[^>]+\son\w+=", bare)
    outline = Outline(text)
    assert {source["src"][:22] for source in outline.all("img")} == {"data:image/png;base64,"}
    assert not {"script", "iframe", "object", "embed", "form"} & {tag for tag, _ in outline.tags}
    policy = next(m["content"] for m in outline.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none';")


def test_the_page_names_language_encoding_and_viewport(text):
    outline = Outline(text)
    assert outline.all("html")[0]["lang"] == "en"
    assert outline.all("meta")[0] == {"charset": "utf-8"}
    assert {m.get("name"): m.get("content") for m in outline.all("meta")}["viewport"].startswith(
        "width=device-width"
    )
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_text_is_escaped_everywhere(text):
    bare = without_data(text)
    assert "Text with &lt;b&gt;tags&lt;/b&gt; &amp; signs" in bare
    assert "<title>Digits &lt;i&gt;</title>" in bare
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in bare
    assert "Third &lt;3" in bare
    assert "<b>" not in bare
    assert "<i>" not in bare


def test_pictures_are_embedded_whole_with_their_words(text):
    found = Outline(text).all("img")
    assert [image["alt"] for image in found] == [
        'nine "signed" filters',
        "nine images",
        "the loss falls",
        "a wide matrix",
        "one bar",
    ]
    for image in found:
        png = base64.b64decode(image["src"].partition(",")[2], validate=True)
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        assert png.endswith(b"IEND\xaeB`\x82")
        width = int.from_bytes(png[16:20], "big")
        assert abs(2 * int(image["width"]) - width) <= 1


def test_runs_of_pictures_and_tables_share_a_row(text):
    rows = re.split(r'<div class="row">', text)[1:]
    assert [(row.count("<img"), row.count("<table")) for row in rows] == [(2, 1), (3, 0)]


def test_the_numbers_of_a_table_stand_in_it_and_the_best_is_marked(text):
    assert '<th scope="row">rbm</th>' in text
    assert '<td class="number" data-label="accuracy">0.9312 ± 0.0040</td>' in text
    assert '<td class="number best" data-label="accuracy">0.9876 ± 0.0020</td>' in text
    assert text.count("number best") == 1


def test_verdict_facts_and_contents(text):
    outline = Outline(text)
    assert '<p class="verdict good">' in text
    assert "<dt>accuracy</dt><dd>98.8 %</dd>" in text
    targets = {section["id"] for section in outline.all("section")}
    assert [link["href"] for link in outline.all("a")] == [
        "#section-1",
        "#section-2",
        "#section-3",
    ]
    assert targets == {"section-1", "section-2", "section-3"}


def test_the_same_records_give_the_same_file():
    def draw():
        picture = Picture(curves({"a": [1, 2, 3]}), "a line")
        return render(Page(title="t", verdict="v", sections=[Section("s", [picture])]))

    assert draw() == draw()


def test_a_picture_may_be_a_png_file():
    png = Picture(bars({"a": (1, 0)}), "a bar").png()
    assert Picture(png, "a bar").png() == png


def test_importing_the_index_loads_neither_torch_nor_matplotlib():
    code = "import harmonium.report, sys; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "harmonium.report" in done.stdout.split()
    assert not {"torch", "numpy", "matplotlib", "jinja2"} & set(done.stdout.split())


def test_an_unknown_name_is_no_part_of_the_index():
    with pytest.raises(ImportError, match="cannot import name 'piechart'"):
        from harmonium.report import piechart  # noqa: F401


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_picture_without_alt_text_is_refused(alt):
    with pytest.raises(ValueError, match="alt text"):
        Picture(curves({"a": [1, 2]}), alt)


def test_bytes_that_are_no_png_are_refused():
    with pytest.raises(ValueError, match="'cat': the bytes are no PNG"):
        Picture(b"GIF89a", "cat")


def test_a_part_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="'Results': a part is .* not int"):
        Section("Results", [3])


# --- writing --------------------------------------------------------------------------------


def test_write_returns_the_path_of_one_small_file(tmp_path, page):
    path = write(page, str(tmp_path / "report.html"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]
    text = path.read_text("utf-8")
    assert without_data(text) == without_data(render(page))
    assert text.endswith("</html>\n")
    assert path.stat().st_size < 1_000_000
    assert path.stat().st_mode & 0o777 == 0o644


class Broken:
    def savefig(self, *_, **__):
        raise RuntimeError("no ink")


@pytest.mark.parametrize("fails_at", ["render", "replace"])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, page, fails_at):
    path = tmp_path / "report.html"
    path.write_text("old")
    if fails_at == "render":
        page = Page(title="t", verdict="v", sections=[Section("s", [Picture(Broken(), "x")])])
    else:

        def refuse(*_):
            raise RuntimeError("no ink")

        monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(RuntimeError, match="no ink"):
        write(page, path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


# --- in a browser ---------------------------------------------------------------------------

FRAME = """<!doctype html><meta charset="utf-8"><body>
<iframe width="{width}" height="900" style="border:0" srcdoc="{inner}"></iframe>
<script>onload = () => {{
  const inner = document.querySelector("iframe").contentDocument, root = inner.documentElement
  const images = [...inner.images].filter(image => image.complete && image.naturalWidth)
  const wide = [...inner.querySelectorAll("body *")].filter(
    element => element.getBoundingClientRect().right > root.clientWidth + 1
      && !element.parentElement.closest(".scroll, pre"))
  document.body.dataset.found = [root.clientWidth, root.scrollWidth, wide.length, images.length]
}}</script>"""


def measure(tmp_path, text, width):
    """The width of the window, of what it holds, elements too wide, pictures shown."""
    path = tmp_path / "frame.html"
    path.write_text(FRAME.format(width=width, inner=html.escape(text)), "utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [CHROMIUM, *FLAGS, profile, "--window-size=1400,1000", "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [int(n) for n in re.search(r'data-found="([\d,]+)"', done.stdout)[1].split(",")]


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(tmp_path, text, width):
    assert measure(tmp_path, text, width) == [width, width, 0, 5]


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_a_page_that_is_too_wide_would_be_noticed(tmp_path, text):
    broken = text.replace("</main>", '<div style="width: 500px">x</div></main>')
    window, held, wide, _ = measure(tmp_path, broken, 390)
    assert held > window
    assert wide == 1
