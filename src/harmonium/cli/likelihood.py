"""``harmonium likelihood``: the log-likelihood of a run's rows, with what it rests on."""

from typing import Annotated, Any

import typer

from harmonium.cli.naming import find_run
from harmonium.cli.options import Device, Input, RunName, Seed, Trial
from harmonium.cli.output import AsJson, emit, note, say, table

__all__ = ["likelihood"]


def likelihood(  # noqa: PLR0913
    run: RunName,
    *,
    source: Input = None,
    exact: Annotated[bool, typer.Option("--exact", help="By enumeration, or not at all.")] = False,
    ais: Annotated[
        bool,
        typer.Option("--ais", help="By annealed importance sampling, come what may."),
    ] = False,
    betas: Annotated[int, typer.Option(min=1, max=10**8, help="Steps of the ladder.")] = 10_000,
    chains: Annotated[
        int, typer.Option(min=2, max=10**6, help="Independent runs from either end.")
    ] = 100,
    sweeps: Annotated[
        int,
        typer.Option(min=0, max=10**9, help="Of the chains from which the reverse runs start."),
    ] = 5000,
    seed: Seed = 54321,
    trial: Trial = 0,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Measure log p of rows, in nats per row: of a file, or of the training and test rows.

    By enumeration where that takes seconds, else by annealed importance sampling from both ends:
    the pessimistic side is the figure that counts. Of a belief net and of a deep Boltzmann machine
    it is the variational bound.
    """
    from harmonium import apply
    from harmonium.likelihood import Ladder, quick
    from harmonium.runs import Run

    if exact and ais:
        raise typer.BadParameter("choose one of --exact and --ais", param_hint="--exact")
    used = apply.Trained(Run.open(find_run(run)), trial, device)
    ladder = None
    if ais or not (exact or quick(used.machine)):
        ladder = Ladder(betas, chains, sweeps, seed)
        note(f"annealed importance sampling: {betas} steps, {chains} chains, from both ends")
    others = None if source is None else {str(source): apply.rows_of(used, source)}
    found = apply.likelihood(used, ladder=ladder, others=others)
    if as_json:
        emit(found)
    else:
        _tell(found)


def _tell(found: dict[str, Any]) -> None:
    what = "variational bound on log p" if found["bound"] else "log p"
    sides = ["exact"] if found["method"] == "exact" else ["optimistic", "pessimistic"]
    say(f"{what}, nats per row")
    head = ["rows", "count", *sides, "+- (sample)"]
    rows = found["rows"].items()
    say(table(head, ([n, r["count"], *(r[s] for s in sides), r["stderr"]] for n, r in rows)))
    for name, row in rows:
        if gap := row.get("gap"):
            told = f"{gap['value']:.3f} +- {gap['stderr']:.3f} nats, on {gap['count']} of them"
            say(f"log p of {name} rows lies above its bound by an estimated {told}")
    say("\nlog Z, nats")
    head = ["side", "log Z", "+-", "effective chains"]
    zs = found["log_z"].items()
    say(table(head, ([side, z["value"], z["stderr"], z["ess"]] for side, z in zs)))
    say(f"\nassumption: {found['assumption']}")
    for doubt in found["findings"]:
        note(f"warning: {doubt['kind']}: {doubt['found']}; remedy: {doubt['remedy']}")
