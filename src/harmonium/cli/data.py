"""``harmonium data``: lists, downloads and shows data sets."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harmonium.cli.output import AsJson, emit, note, say, table

__all__ = ["get", "info", "ls", "preview"]


def _complete(incomplete: str) -> list[str]:
    from harmonium.catalogue import known_sets

    return [name for name in known_sets() if name.startswith(incomplete)]


Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of a known data set.", autocompletion=_complete)
]
Source = Annotated[
    str,
    typer.Argument(
        metavar="NAME|PATH", help="A known data set, a file or a folder.", autocompletion=_complete
    ),
]


def _column(text: str) -> str | int:
    """Name of a column, or its position: a whole number."""
    return int(text) if text.removeprefix("-").isdecimal() else text


def ls(*, as_json: AsJson = False) -> None:
    """List the known data sets and where they are on this computer."""
    from harmonium.catalogue import known_sets, locate

    rows = [{"set": name, "place": locate(name)} for name in known_sets()]
    if as_json:
        emit(rows)
    else:
        say(table(["data set", "place"], ([r["set"], r["place"] or "not here"] for r in rows)))


def info(name: Name, *, as_json: AsJson = False) -> None:
    """Show the origin, licence, files and size of a known data set."""
    from harmonium.catalogue import info as describe

    facts = describe(name)
    if as_json:
        emit(facts)
    else:
        for key, value in facts.items():
            say(f"{key}: {value}")


def get(
    name: Name,
    *,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for the files; by default the cache.")
    ] = None,
) -> None:
    """Download a known data set and verify its checksums; a broken download is resumed."""
    from harmonium.data import get as fetch

    say(str(fetch(name, to)))


def preview(  # noqa: PLR0913
    source: Source,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also draw some rows in a PNG file.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    stream: Annotated[
        bool, typer.Option("--stream", help="Read the rows from their file piece by piece.")
    ] = False,
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header",
            help="Whether the first line of a table of text holds names. Default: by its looks.",
        ),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Column of a table with the classes, by name or position.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="Column of a table with real targets; repeatable.")
    ] = None,
    id: Annotated[
        list[str] | None, typer.Option(help="Column of a table that names the rows; repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Column of a table to leave out; repeatable.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a data set: shapes, ranges, classes and their counts, or targets; warnings."""
    from harmonium.apply import overview, read

    given = {
        "stream": stream or None,
        "header": header,
        "label": None if label is None else _column(label),
        **{
            role: [_column(name) for name in names]
            for role, names in {"target": target, "id": id, "ignore": ignore}.items()
            if names
        },
    }
    dataset = read(source, **{name: value for name, value in given.items() if value is not None})
    facts = overview(dataset)
    if output is not None:
        from harmonium.apply import new_picture

        shown = dataset.train.x[:64]
        shape = dataset.shape
        with new_picture(output, shape=shape, rows=len(shown), overwrite=overwrite) as write:
            write(shown)
        note(f"wrote {output}")
    if as_json:
        emit(facts)
        return
    each = " x ".join(map(str, dataset.shape))
    what = f"{len(dataset.classes)} classes"
    if dataset.targets:
        what = f"real targets {', '.join(dataset.targets)}"
    if dataset.vocabulary is not None:
        what = f"{len(dataset.vocabulary)} different {dataset.vocabulary.unit}"
    say(f"{facts['name']}: each row {each}, {what}")
    head = ["split", "rows", "smallest", "largest", "mean", "unlabelled"]
    parts = facts["splits"].items()
    say(table(head, ([name, *_numbers(part)] for name, part in parts)))
    if dataset.classes:
        names = list(map(str, dataset.classes))
        counted = {name: part["classes"] for name, part in parts if "classes" in part}
        rows = ([n, *(counts[n] for counts in counted.values())] for n in names)
        say("\n" + table(["class", *counted], rows))
    if dataset.targets:
        say("\n" + table(["target", "split", *_FIGURES], _targets(facts["splits"])))
    for name, part in parts:
        if part.get("unlabelled"):
            say(f"{part['unlabelled']} of {part['rows']} {name} rows have no label")
    for warning in facts["warnings"]:
        say(f"warning: {warning}")


_FIGURES = ("smallest", "largest", "mean", "deviation")


def _targets(splits: dict[str, dict[str, Any]]) -> list[list[object]]:
    """One row for each real target and split."""
    return [
        [target, split, *(figures[name] for name in _FIGURES)]
        for split, part in splits.items()
        for target, figures in part["targets"].items()
    ]


def _numbers(part: dict[str, Any]) -> list[object]:
    return [part["rows"], *part["range"], part["mean"], part.get("unlabelled")]
