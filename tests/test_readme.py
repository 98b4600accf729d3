"""The Python code of README.md and docs/ runs, and their links lead somewhere."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUNNABLE = [path for path in DOCS if path.parent != ROOT or path.name == "README.md"]

NO_RUN = "<!-- no-run -->"
FENCE = re.compile(r"^ *(?P<mark>`{3,}|~{3,}) *(?P<info>[^`]*)$")
INLINE_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
LINK = re.compile(r"\]\(\s*<?(?P<inline>[^)\s>]+)|^ {0,3}\[[^\]]+\]:\s*<?(?P<reference>[^\s>]+)")
HTML_LINK = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["'](?P<html>[^"']+)""")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


class Block(NamedTuple):
    language: str
    line: int  # of its first line of code, from 1
    code: str
    runs: bool


def blocks(text: str) -> Iterator[Block]:
    """Every fenced block of a page; a block under <!-- no-run --> does not run."""
    above, mark = "", ""
    info, start, body = "", 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        fence = FENCE.match(line)
        if mark:
            if fence and fence["mark"].startswith(mark) and not fence["info"].strip():
                language = (info.split() or [""])[0]
                yield Block(language, start, textwrap.dedent("\n".join(body)), above != NO_RUN)
                mark, above = "", ""
            else:
                body.append(line)
        elif fence:
            mark, info, start, body = fence["mark"], fence["info"], number + 1, []
        elif line.strip():
            above = line.strip()
    assert not mark, f"the block that begins at line {start} never ends"


def run_python(text: str, name: str) -> int:
    """Run the Python blocks of a page in order, in one namespace; how many ran."""
    namespace = {"__name__": "__main__"}
    count = 0
    for block in blocks(text):
        if block.language == "python" and block.runs:
            padded = "\n" * (block.line - 1) + block.code  # tracebacks name the page's own line
            exec(compile(padded, name, "exec"), namespace)
            count += 1
    return count


def relative_links(text: str) -> list[str]:
    """The link targets of a page that are files, code left out."""
    links, mark = [], ""
    for line in text.splitlines():
        fence = FENCE.match(line)
        if fence and not mark:
            mark = fence["mark"]
        elif fence and fence["mark"].startswith(mark) and not fence["info"].strip():
            mark = ""
        elif not mark:
            plain = INLINE_CODE.sub("", line)
            links += [m["inline"] or m["reference"] for m in LINK.finditer(plain)]
            links += [m["html"] for m in HTML_LINK.finditer(plain)]
    targets = (link.partition("#")[0] for link in links if not ELSEWHERE.match(link))
    return [target for target in targets if target]


def dead_links(page: Path, root: Path) -> list[str]:
    """Relative links of a page that lead to nothing, or out of the repository."""
    dead = []
    for link in relative_links(page.read_text(encoding="utf-8")):
        target = (page.parent / link).resolve()
        if not (target.exists() and target.is_relative_to(root.resolve())):
            dead.append(link)
    return dead


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_code_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    text = page.read_text(encoding="utf-8")
    expected = sum(block.language == "python" and block.runs for block in blocks(text))
    assert run_python(text, str(page)) == expected


@pytest.mark.parametrize("page", DOCS, ids=name_of)
def test_links_lead_to_files(page):
    assert dead_links(page, ROOT) == []


# --- the checkers can fail ------------------------------------------------------------------


def test_blocks_share_a_namespace_and_failures_name_the_line():
    good = "# Page\n\n```python\nx = 1\n```\n\ntext\n\n```python\nassert x == 1\n```\n"
    assert run_python(good, "page.md") == 2
    with pytest.raises(AssertionError) as failure:
        run_python(good.replace("x == 1", "x == 2"), "page.md")
    assert str(failure.traceback[-1].path).endswith("page.md")
    assert failure.traceback[-1].lineno + 1 == 10


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("no code at all", 0),
        ("```python\n1 / 1\n```", 1),
        (f"{NO_RUN}\n```python\n1 / 0\n```", 0),
        (f"{NO_RUN}\n\n```python\n1 / 0\n```\n```python\n1 / 1\n```", 1),
        ("```bash\nexit 1\n```", 0),
        ("```\n1 / 0\n```", 0),
        ("````markdown\n```python\n1 / 0\n```\n````", 0),
        ("~~~python\n1 / 1\n~~~", 1),
        ("- item\n\n  ```python\n  1 / 1\n  ```", 1),
    ],
)
def test_only_python_blocks_run(text, count):
    assert run_python(text, "page.md") == count


def test_an_open_block_is_refused():
    with pytest.raises(AssertionError, match="line 2 never ends"):
        run_python("```python\nx = 1\n", "page.md")


def test_dead_links_are_found(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (root / "there.md").touch()
    (tmp_path / "outside.md").touch()
    page = root / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#part) [c](#part) [d](https://example.org) ![e](gone.png)\n"
        "`[f](code.md)` [g](../outside.md) <img src='gone.svg'> [h](mailto:a@example.org)\n"
        "[i]: gone.md 'title'\n"
        "```\n[j](in-a-block.md)\n```\n"
        '[k](there.md "title") [`l`](gone.py)\n'
    )
    assert dead_links(page, root) == [
        "gone.png",
        "../outside.md",
        "gone.svg",
        "gone.md",
        "gone.py",
    ]
