"""``harmonium sample``: draws samples, free or with known values held, or continues a text."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, Overwrite, RunName, Seed, Trial
from harmonium.cli.output import say

if TYPE_CHECKING:
    from harmonium import apply

__all__ = ["sample"]

_MUSIC = (".mid", ".midi")
_NOT_OF_SERIES = "it is of texts only, and the model continues series: leave it out"


def sample(  # noqa: PLR0913
    run: RunName,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The new file; its suffix gives the format. Texts are printed without one; "
            ".mid plays those that are music.",
        ),
    ] = None,
    n: Annotated[
        int | None,
        typer.Option(
            "-n", min=1, max=10**6, help="Number of samples: by default 64, or one text."
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(
            min=0, max=10**9, help="Gibbs sweeps of each chain, by default 1000; of machines only."
        ),
    ] = None,
    clamp: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|SPEC",
            help="Known visible values: .npy or .csv with NaN (or nothing) where free, one row or "
            'n, columns by name if the first line has names; or "0=1,10:20=0" by position from 0.',
        ),
    ] = None,
    prompt: Annotated[
        str | None,
        typer.Option(
            help="Beginning of the text that a language model continues, or of music in notes."
        ),
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10**6,
            help="Characters, words or notes to draw, by default 500; frames of music, 48.",
        ),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(min=0, help="Below 1 likely symbols become more likely; of texts only."),
    ] = None,
    top_k: Annotated[
        int | None, typer.Option(min=1, help="Symbols to choose from, at most; of texts only.")
    ] = None,
    top_p: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Choose from the likeliest symbols with this probability; of texts only.",
        ),
    ] = None,
    seed: Seed = 0,
    trial: Trial = 0,
    device: Device = "cpu",
    overwrite: Overwrite = False,
) -> None:
    """Draw from the model: a .png sheet, values to .npy, .csv, .parquet or .h5, a text, music.

    Values are means of the visible units given the last hidden states, or given a code drawn
    from its prior, in the units that the model saw. Known values stay as they are. A language
    model continues the prompt. Models of notes or piano rolls write a .mid file.
    """
    from harmonium import apply
    from harmonium.models import Continues
    from harmonium.runs import Run

    used = apply.Trained(Run.open(find_run(run)), trial, device)
    rows: dict[str, Any] = {"steps": steps, "clamp": clamp}
    texts: dict[str, Any] = {
        "prompt": prompt,
        "length": length,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
    }
    file = {"output": output, "overwrite": overwrite}
    if any(isinstance(model, Continues) for model in used.models.values()):
        _refuse(rows, "the model continues texts and has no chains: leave it out")
        _text(used, texts, n=n or 1, seed=seed, file=file)
        return
    if output is not None and output.suffix.lower() in _MUSIC:
        used.able("forecasts")
        _refuse(rows, "the model continues series and has no chains: leave it out")
        _refuse({k: v for k, v in texts.items() if k not in ("prompt", "length")}, _NOT_OF_SERIES)
        _roll(used, texts, n=n or 1, seed=seed, file=file)
        return
    if any(value is not None for value in texts.values()):
        used.able("continues")
    _values(used, rows, n=n or 64, seed=seed, file=file)


def _refuse(options: dict[str, Any], reason: str) -> None:
    for name, value in options.items():
        if value is not None:
            raise typer.BadParameter(reason, param_hint=f"--{name.replace('_', '-')}")


def _text(
    used: "apply.Trained", given: dict[str, Any], *, n: int, seed: int, file: dict[str, Any]
) -> None:
    """Prints texts, or writes them to a file."""
    from harmonium import apply
    from harmonium.sampling.picking import Pick

    chosen = {name: given[name] for name in ("top_k", "top_p") if given[name] is not None}
    if given["temperature"] is not None:
        chosen["temperature"] = given["temperature"]
    made = apply.continuations(
        used,
        given["prompt"],
        n=n,
        length=given["length"] or 500,
        pick=Pick(**chosen),
        seed=seed,
    )
    text = f"\n{'-' * 40}\n".join(made)
    if file["output"] is None:
        say(text)
        return
    if file["output"].suffix.lower() in _MUSIC:
        _play(apply.midi_of_texts(used, made), file)
        say(text)
        return
    with apply.new_file(
        file["output"], suffixes=(".txt", *_MUSIC), overwrite=file["overwrite"]
    ) as place:
        place.write_text(f"{text}\n", encoding="utf-8")
    say(f"{file['output']}: {n} text{'s' * (n > 1)}")


def _roll(
    used: "apply.Trained", given: dict[str, Any], *, n: int, seed: int, file: dict[str, Any]
) -> None:
    """Writes piano rolls that follow a prompt."""
    from harmonium import apply

    length = given["length"] or 48
    _play(apply.continued_roll(used, given["prompt"], n=n, length=length, seed=seed), file)
    say(f"{file['output']}: {n} piece{'s' * (n > 1)} of {length} drawn frames")


def _play(music: bytes, file: dict[str, Any]) -> None:
    """Writes a MIDI file."""
    from harmonium import apply

    with apply.new_file(file["output"], suffixes=_MUSIC, overwrite=file["overwrite"]) as place:
        place.write_bytes(music)


def _values(
    used: "apply.Trained", given: dict[str, Any], *, n: int, seed: int, file: dict[str, Any]
) -> None:
    """Writes samples of rows."""
    from harmonium import apply
    from harmonium.models import Mixes

    steps, clamp, output = given["steps"], given["clamp"], file["output"]
    chains = isinstance(used.able("samples"), Mixes)
    if output is None:
        raise typer.BadParameter(
            "values go to a file: give its name, such as samples.npy", param_hint="--output"
        )
    if steps is not None and not chains:
        raise typer.BadParameter(
            "the model draws a code from its prior and runs no chains: leave it out",
            param_hint="--steps",
        )
    sweeps = 1000 if steps is None else steps
    known = None
    if clamp is not None:
        known = apply.known_values(clamp, used.width, features=used.visible_names)
    shape = used.chain.shape
    with apply.new_picture(output, shape=shape, rows=n, overwrite=file["overwrite"]) as write:
        write(apply.sample(used, n, sweeps=sweeps, clamp=known, seed=seed))
    say(f"{output}: {n} samples" + (f" after {sweeps} sweeps" if chains else ""))
