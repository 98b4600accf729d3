"""The search: attempt after attempt, each an ordinary run, until trials or time are used up."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmonium import describe
from harmonium.describe.builtin import find_recipe
from harmonium.describe.problems import RecipeError
from harmonium.describe.read import read_file
from harmonium.errors import HarmoniumError, UsageError
from harmonium.figures import direction, figure, is_result
from harmonium.files import write_whole
from harmonium.runs import Run
from harmonium.runs.directory import locked
from harmonium.search.judging import judged
from harmonium.search.page import search_page
from harmonium.search.space import Space, overrides_of, read_space, shown
from harmonium.search.study import Attempt, Study
from harmonium.search.words import said
from harmonium.training import train

__all__ = ["Found", "search"]

_UNJUDGED = ("judge=[]", "compare=[]")
"""Overrides of every run: nothing looks at the test rows."""

_HOPELESS = 10
"""Attempts in a row that may fail."""

Watch = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True)
class Found:
    """What a search found.

    Args:
        study: all attempts.
        recipe: file of the best recipe, which ``harmonium train`` takes.
        page: the report.
    """

    study: Study
    recipe: Path
    page: Path


@dataclass(frozen=True)
class _Plan:
    """How long a search lasts, and what it prints."""

    trials: int
    until: float | None
    prune: bool
    watch: Watch | None
    note: Callable[[str], object]


def search(  # noqa: PLR0913
    recipe: str | Path | None = None,
    space: str | Path | Sequence[str] | Mapping[str, Any] | None = None,
    *,
    study: str | Path,
    trials: int = 20,
    overrides: Sequence[str] = (),
    figure: str | None = None,
    seed: int = 0,
    timeout: float | None = None,
    prune: bool = False,
    watch: Watch | None = None,
    note: Callable[[str], object] = lambda _: None,
) -> Found:
    """Searches the settings of a recipe for the best figure of a judge on validation rows.

    Settings are proposed by the tree-structured Parzen estimator (Bergstra et al., 2011,
    https://papers.nips.cc/paper/4443). Attempt 0 is the recipe as it is. Test rows are never
    looked at.

    Args:
        recipe: a file or the name of a built-in recipe; None goes on with the study.
        space: the settings and their ranges; see ``read_space``.
        study: directory of the study.
        trials: number of attempts in all, without attempt 0; those of earlier calls count.
        overrides: ``key.sub=value``, of every attempt.
        figure: name of the figure, such as "error"; None for the first of the judges' results.
        seed: of the proposals.
        timeout: no attempt begins after this many seconds.
        prune: stop attempts that are below the median of the others, where the figure is measured
            after every epoch.
        watch: as of ``harmonium.train``.
        note: receives one line for each attempt.

    Raises:
        RecipeError: the recipe, or a setting of the space, is not valid.
        ValueError: there are no validation rows, no judge, or no such figure; or all attempts
            fail.
        Interrupted: Ctrl-C; the same call with ``recipe=None`` goes on.
        Locked: another process works on the study.
    """
    path = Path(study)
    if recipe is None:
        opened = Study.open(path)
    else:
        if space is None:
            raise UsageError("give a space: the settings and their ranges")
        about = _checked(
            find_recipe(recipe), read_space(space), overrides=overrides, figure=figure
        )
        opened = Study.create(path, {**about, "seed": seed})
    until = None if timeout is None else time.monotonic() + timeout
    plan = _Plan(trials, until, prune, watch, note)
    with locked(path):
        _go(opened, plan)
        return _ended(opened)


def _checked(
    recipe: Path, space: Space, *, overrides: Sequence[str], figure: str | None
) -> dict[str, Any]:
    """Checks everything that can be checked before the first run; what the study is about."""
    chosen = describe.load(recipe, overrides)
    if not chosen.judge:
        raise UsageError(f"{recipe}: no judge: add one, such as judge: [accuracy]")
    if not chosen.data.validation and not _has_validation(chosen):
        raise UsageError(
            f"{recipe}: no validation rows, on which attempts are compared: set data.validation "
            "to a share, such as 0.1"
        )
    space.distributions()
    _check(space, recipe, overrides=overrides)
    return {
        "recipe": str(recipe.resolve()),
        "overrides": [*overrides],
        "space": {key: dict(value) for key, value in space.ranges.items()},
        "figure": figure,
        "direction": "min" if figure is None else direction(figure),
    }


def _has_validation(recipe: Any) -> bool:  # noqa: ANN401
    return describe.build(recipe.data.source).validation is not None


def _check(space: Space, recipe: Path, *, overrides: Sequence[str]) -> None:
    """Raises where the recipe refuses every value of a setting."""
    document = read_file(recipe).value
    for path in space.ranges:
        refused: RecipeError | None = None
        for value in space.some_values(path):
            try:
                describe.load(recipe, [*overrides, *overrides_of({path: value}, document)])
                break
            except RecipeError as error:
                refused = refused or error
        else:
            assert refused is not None
            raise refused


# --- the attempts ---------------------------------------------------------------------------


def _go(study: Study, plan: _Plan) -> None:
    """Finishes the attempt that was running, then makes new ones."""
    for attempt in study.attempts:
        if attempt.status == "running":
            _told(_made(study, attempt, plan=plan), study, plan=plan)
    if not study.attempts:
        start = _made(study, study.keep(Attempt(0, {})), plan=plan)
        if start.status == "failed":
            raise UsageError(f"the recipe as it is fails, so nothing is searched: {start.reason}")
        _told(start, study, plan=plan)
    failed = 0
    while len(study.attempts) - 1 < plan.trials:
        if plan.until is not None and time.monotonic() >= plan.until:
            plan.note("the time is used up")
            return
        proposed = study.propose()
        if proposed is None:
            plan.note("every setting of the space has been tried")
            return
        done = _made(study, proposed, plan=plan)
        _told(done, study, plan=plan)
        failed = failed + 1 if done.status == "failed" else 0
        if failed == _HOPELESS:
            raise UsageError(f"{failed} attempts in a row failed; the last: {done.reason}")


def _told(attempt: Attempt, study: Study, *, plan: _Plan) -> None:
    name = str(study.about["figure"])
    number = attempt.figure
    result = attempt.reason if number is None else f"{figure(name).words} {said(name, number)}"
    what = shown(attempt.values.items()) or "the recipe as it is"
    plan.note(f"{attempt.number}: {result} ({what})")


def _made(study: Study, attempt: Attempt, *, plan: _Plan) -> Attempt:
    """Runs an attempt to its end, from its last checkpoint where it has begun."""
    began = time.monotonic()
    folder = study.folder(attempt)
    follower = _Follower(study, attempt, plan=plan)
    try:
        run = _trained(study, attempt, watch=follower)
        figures = judged(run, _recipe(study, attempt))
        figure = figures[_name(study, figures)]
    except _Stopped as stop:
        return study.keep(
            follower.attempt, status="stopped", reason=str(stop), run=_run_in(folder, study)
        )
    except (HarmoniumError, MemoryError, RuntimeError) as error:
        reason = str(error).strip() or type(error).__name__
        return study.keep(attempt, status="failed", reason=reason, run=_run_in(folder, study))
    if figure != figure:
        return study.keep(
            attempt, status="failed", reason="its figure is NaN", run=_run_in(folder, study)
        )
    took = attempt.seconds + time.monotonic() - began
    by_epoch = _by_epoch(run, str(study.about["figure"]))
    place = str(run.path.relative_to(study.path))
    return study.keep(
        attempt, status="done", figure=figure, run=place, seconds=took, by_epoch=by_epoch
    )


def _trained(study: Study, attempt: Attempt, *, watch: Watch) -> Run:
    folder = study.folder(attempt)
    begun = _run_in(folder, study)
    if begun:
        run = Run.open(study.path / begun)
        if run.status["status"] == "done":
            return run
        return train(resume=run.path, watch=watch)
    overrides = [*_overrides(study, attempt), *_UNJUDGED]
    return train(study.about["recipe"], *overrides, output=folder, watch=watch)


def _overrides(study: Study, attempt: Attempt) -> list[str]:
    document = read_file(Path(study.about["recipe"])).value
    return [*study.about["overrides"], *overrides_of(attempt.values, document)]


def _recipe(study: Study, attempt: Attempt) -> describe.Recipe:
    return describe.load(study.about["recipe"], _overrides(study, attempt))


def _run_in(folder: Path, study: Study) -> str:
    """The run of an attempt, relative to the study; empty if none has begun."""
    runs = sorted(folder.glob("*/*/status.json"))
    return str(runs[-1].parent.relative_to(study.path)) if runs else ""


def _name(study: Study, figures: Mapping[str, float]) -> str:
    """The figure of the study; at the first attempt the judges' first result, where none is given.

    Raises:
        ValueError: the judges do not give this figure.
    """
    name = study.about["figure"]
    if name is None:
        name = next((key for key in figures if is_result(key)), None)
        if name is None:
            raise UsageError("the judges give no result: name a figure")
        study.about |= {"figure": name, "direction": direction(name)}
        study.rewrite()
    if name not in figures:
        raise UsageError(
            f"the judges give no figure {name!r} on validation rows; they give "
            f"{', '.join(figures)}"
        )
    return str(name)


class _Stopped(Exception):  # noqa: N818
    """An attempt is stopped early; the message says why."""


class _Follower:
    """Watches the epochs of an attempt, and stops it where it is hopeless."""

    def __init__(self, study: Study, attempt: Attempt, *, plan: _Plan) -> None:
        self.study, self.attempt, self.plan, self.epoch = study, attempt, plan, 0

    def begin(self, state: Mapping[str, Any]) -> None:
        """Passes the beginning of a stage on."""
        begin = getattr(self.plan.watch, "begin", None)
        if begin is not None:
            begin(state)

    def __call__(self, state: Mapping[str, Any]) -> None:
        """Passes an update on; looks at the figure after every epoch."""
        if self.plan.watch is not None:
            self.plan.watch(state)
        if not self.plan.prune or not self.attempt.number or state["epoch"] == self.epoch:
            return
        self.epoch = int(state["epoch"])
        place = _run_in(self.study.folder(self.attempt), self.study)
        name = str(self.study.about["figure"])
        by_epoch = _by_epoch(Run.open(self.study.path / place), name)
        self.attempt = self.study.keep(self.attempt, by_epoch=by_epoch)
        if self.study.hopeless(self.attempt):
            last = [*by_epoch.items()][-1]
            raise _Stopped(f"{name} {last[1]:.5g} after epoch {last[0]} is below the median")


def _by_epoch(run: Run, name: str) -> dict[str, float]:
    """Epoch -> figure on validation rows, of the last stage that measures it."""
    rows = [row for row in run.metrics() if f"val/{name}" in row and row["trial"] == 0]
    stage = rows[-1]["stage"] if rows else ""
    return {str(r["epoch"]): float(r[f"val/{name}"]) for r in rows if r["stage"] == stage}


# --- the end --------------------------------------------------------------------------------


def _ended(study: Study) -> Found:
    """Writes the best recipe and the page."""
    best = study.best
    if best is None:
        raise UsageError(f"{study.path}: no attempt is done; go on with --resume")
    name = study.about["figure"]
    head = (
        f"# harmonium train {study.path / 'best.yaml'}\n"
        f"# {name} {best.figure:.5g} on validation rows, the best of {len(study.attempts)} "
        f"attempts: {shown(best.values.items()) or 'the recipe as it was'}\n"
    )
    recipe = write_whole(study.path / "best.yaml", head + describe.dump(_recipe(study, best)))
    return Found(study, recipe, search_page(study))
