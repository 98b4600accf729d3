"""The pages as a browser shows them: no error, no request, every picture, nothing too wide."""

import html
import re
import shutil

import pytest

from harmonium.report import Page, Picture, Section, Table, compare, curves, write, write_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WIDTHS = (1280, 1000, 400, 390)
PAGES = ("classifier", "energy", "table", "failed", "trained", "coder", "drawn", "comparison")

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def pages(made):
    """Name -> file, of every kind of page."""
    runs = {name: made(name) for name in PAGES[:-1]}
    found = {name: write_run(run, data=data) for name, (run, data) in runs.items()}
    return {**found, "comparison": compare([run for run, _ in runs.values()])}


def faults(browser, path, *, width, scheme="light", media="screen"):
    """What is wrong with a page, in words; empty for a sound one."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
    )
    tab, found = context.new_page(), []
    tab.emulate_media(media=media)
    tab.on("console", lambda said: found.append(f"console: {said.text}"))
    tab.on("pageerror", lambda error: found.append(f"error: {error}"))
    tab.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(("file:", "data:"))
            else found.append(f"request: {asked.url}")
        ),
    )
    tab.goto(path.as_uri(), wait_until="load")
    for picture in tab.locator("img").all():
        if not picture.evaluate("image => image.naturalWidth"):
            found.append(f"picture without width: {picture.get_attribute('alt')}")
        if not (picture.get_attribute("alt") or "").strip():
            found.append("picture without alt")
    wide = tab.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        found.append(f"overflow: {wide} in {width}")
    for box in tab.locator(".scroll").all():
        if box.evaluate("box => box.scrollWidth > box.clientWidth"):
            found.append(f"a table that scrolls: {box.get_attribute('aria-label')}")
    for box in tab.locator("section").all():
        if not box.evaluate("section => section.children.length > 1"):
            found.append(f"empty section: {box.inner_text()}")
    context.close()
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_sound(browser, pages, name, width):
    scheme = "dark" if width == 390 else "light"
    assert faults(browser, pages[name], width=width, scheme=scheme) == []


@pytest.mark.parametrize("width", [1280, 1000, 400])
def test_a_table_of_findings_or_of_many_columns_does_not_scroll(browser, tmp_path, width):
    text = "a sentence of which there are several in a row of this table, each as long as this"
    findings = Table(columns=["what", "seen", "meaning", "what to do"], rows=[[text] * 4])
    wide = Table(columns=[f"run {k}" for k in range(24)], rows=[["digits_rbm", *range(23)]])
    hashes = Table(columns=["entry", "a", "b"], rows=[["data", "0f" * 32, "1e" * 32]])
    page = Page(title="t", verdict="v", sections=[Section("s", [findings, wide, hashes])])
    assert faults(browser, write(page, tmp_path / "page.html"), width=width) == []


REASONS = re.compile(
    r"no (model of this run|judge|stage|baseline) .*"
    r"|.* (are no pictures|cannot be read here|has no labelled training rows: .*)"
)
"""Why a section may be missing; anything else is a fault."""


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_left_out_in_silence_or_by_mistake(pages, name):
    page = pages[name].read_text("utf-8")
    _, _, left_out = page.partition(">Left out</h2>")
    cells = re.findall(r"<td[^>]*>(.*?)</td>", left_out, flags=re.DOTALL)
    rows = [html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in cells[1::2]]
    assert bool(rows) is (">Left out<" in page)
    assert all(REASONS.fullmatch(row) for row in rows)


@pytest.mark.parametrize("name", ["classifier", "comparison"])
def test_pages_can_be_printed(browser, pages, name):
    assert faults(browser, pages[name], width=1280, media="print") == []
    tab = browser.new_page()
    tab.goto(pages[name].as_uri())
    printed = tab.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 1
    tab.close()


def test_colours_follow_the_reader(browser, pages):
    backgrounds = []
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        tab = context.new_page()
        tab.goto(pages["energy"].as_uri())
        backgrounds.append(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
        context.close()
    assert backgrounds == ["rgb(246, 247, 249)", "rgb(18, 22, 27)"]


# --- the checks can fail --------------------------------------------------------------------

POLICY = re.compile(r"<meta http-equiv[^>]*>")
BROKEN = {
    "console": ("<script>console.error('boom')</script>", "console: boom"),
    "error": ("<script>throw new Error('boom')</script>", "error: boom"),
    "request": ('<img src="https://example.org/x.png" alt="x">', "request: https://example.org"),
    "picture": ('<img src="data:image/png;base64,AAAA" alt="nothing">', "picture without width"),
    "alt": ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', "picture without alt"),
    "overflow": ('<div style="width: 3000px">x</div>', "overflow: 30"),
    "table": (
        '<div class="scroll" aria-label="Big"><div style="width: 3000px">x</div></div>',
        "a table that scrolls: Big",
    ),
    "section": ("<section><h2>Empty</h2></section>", "empty section: Empty"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_page_is_noticed(browser, tmp_path, kind):
    section = Section("Loss", [Picture(curves({"loss": [2, 1]}), "the loss falls")])
    path = write(Page(title="t", verdict="v", sections=[section]), tmp_path / "page.html")
    assert faults(browser, path, width=1280) == []
    fault, said = BROKEN[kind]
    text = POLICY.sub("", path.read_text("utf-8"))
    path.write_text(text.replace("</main>", f"{fault}</main>"), "utf-8")
    assert any(fault.startswith(said) for fault in faults(browser, path, width=1280))


def test_the_policy_of_a_page_blocks_scripts_and_requests(browser, tmp_path):
    section = Section("Numbers", [Table(columns=["a"], rows=[[1]])])
    path = write(Page(title="t", verdict="v", sections=[section]), tmp_path / "page.html")
    script = "<script>document.body.innerHTML = 'taken'</script>"
    path.write_text(path.read_text("utf-8").replace("</main>", f"{script}</main>"), "utf-8")
    found = faults(browser, path, width=1280)
    assert any("Content Security Policy" in fault for fault in found)
    assert not any("taken" in fault for fault in found)
