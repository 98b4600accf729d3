"""``harmonium likelihood``: the log-likelihood of rows under a run's model, with its precision."""

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
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Enumerate all states; refuse where there are too many."),
    ] = False,
    ais: Annotated[
        bool,
        typer.Option(
            "--ais", help="Use annealed importance sampling even where the exact value is cheap."
        ),
    ] = False,
    betas: Annotated[
        int, typer.Option(min=1, max=10**8, help="Temperatures of the annealing.")
    ] = 10_000,
    chains: Annotated[
        int, typer.Option(min=2, max=10**6, help="Independent annealing runs from either end.")
    ] = 100,
    sweeps: Annotated[
        int,
        typer.Option(
            min=0, max=10**9, help="Gibbs sweeps of the chains that start the reverse runs."
        ),
    ] = 5000,
    samples: Annotated[
        int,
        typer.Option(
            min=1, max=10**6, help="Codes of each row, for an autoencoder with a drawn code."
        ),
    ] = 1000,
    seed: Seed = 54321,
    trial: Trial = 0,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Measure the mean log-likelihood of new rows, or of training and test rows, in nats per row.

    Small machines are enumerated exactly. Others are estimated by annealed importance sampling
    from both ends; quote the pessimistic value. For a belief net or a deep Boltzmann machine the
    result is a lower bound on the log-likelihood (the variational bound).

    An autoencoder with a gaussian code has two lower bounds on the log-likelihood: the ELBO and
    the importance-weighted bound of many codes; without --input they are those of test rows.
    """
    from harmonium import apply
    from harmonium.likelihood import Ladder, quick
    from harmonium.models import Bounded
    from harmonium.runs import Run

    if exact and ais:
        raise typer.BadParameter("choose one of --exact and --ais", param_hint="--exact")
    used = apply.Trained(Run.open(find_run(run)), trial, device)
    others = None if source is None else {str(source): apply.rows_of(used, source)}
    if any(isinstance(model, Bounded) for model in used.models.values()):
        if exact or ais:
            raise typer.BadParameter(
                "the model has lower bounds, no log Z: leave it out",
                param_hint="--exact" if exact else "--ais",
            )
        note(f"lower bounds: {samples} codes of each row")
        found = apply.bounds(used, samples=samples, seed=seed, others=others)
        emit(found) if as_json else _tell_bounds(found)
        return
    used.able("scores")
    ladder = None
    if ais or not (exact or quick(used.machine)):
        ladder = Ladder(betas, chains, sweeps, seed)
        note(f"annealed importance sampling: {betas} temperatures, {chains} chains from each end")
    estimate = apply.likelihood(used, ladder=ladder, others=others)
    if as_json:
        emit(estimate)
    else:
        _tell(estimate)


def _tell_bounds(found: dict[str, Any]) -> None:
    say("mean lower bounds on the log-likelihood, nats per row, with their standard errors")
    weighted = f"importance-weighted, {found['samples']} codes"
    head = ["rows", "number", "ELBO", "s.e.", weighted, "s.e.", "gap"]
    keys = ("count", "elbo", "elbo_stderr", "importance_weighted", "importance_weighted_stderr")
    rows = found["rows"].items()
    say(table(head, ([name, *(row[key] for key in keys), row["gap"]] for name, row in rows)))


def _tell(estimate: dict[str, Any]) -> None:
    from harmonium.learning import Finding

    what = "lower bound on the log-likelihood" if estimate["bound"] else "log-likelihood"
    sides = ["exact"] if estimate["method"] == "exact" else ["optimistic", "pessimistic"]
    rows = estimate["rows"].items()
    say(f"mean {what}, nats per row")
    head = ["rows", "number", *sides, "standard error"]
    say(table(head, ([n, r["count"], *(r[s] for s in sides), r["stderr"]] for n, r in rows)))
    for name, row in rows:
        if gap := row.get("gap"):
            size = f"{gap['value']:.3f} +- {gap['stderr']:.3f} nats"
            say(f"{name} rows: the log-likelihood exceeds the bound by about {size}")
            say(f"  (mean +- standard error, estimated on {gap['count']} rows)")
    say("\nlog Z, nats")
    head = ["estimate", "log Z", "standard error", "effective chains"]
    zs = estimate["log_z"].items()
    say(table(head, ([side, z["value"], z["stderr"], z["ess"]] for side, z in zs)))
    say(f"\nassumption: {estimate['assumption']}")
    for doubt in estimate["findings"]:
        note(f"warning: {Finding(**doubt)}")
