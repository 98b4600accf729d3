"""A run in one sentence, with a few facts below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from harmonium.figures import direction
from harmonium.report.evidence import Evidence
from harmonium.report.scores import Score, best_first, headline, noise
from harmonium.runs.status import seconds
from harmonium.runs.words import stage_words

__all__ = ["Tone", "against", "facts", "took", "verdict"]

Tone = Literal["good", "warning", "bad", "plain"]


def verdict(evidence: Evidence) -> tuple[str, Tone]:
    """Sentence on the result of a run, and its tone; also for runs that failed or stopped."""
    status = evidence.status
    kind = status.get("status")
    where = _last_place(evidence)
    if kind == "failed":
        return f"Failed{where}: {_first_line(status.get('reason'))}", "bad"
    if kind == "interrupted":
        return f"Interrupted{where}. The run can be resumed from there.", "warning"
    if kind == "running":
        return f"Not finished: the run is going on{where}.", "warning"
    scores = evidence.scores
    best = headline(scores)
    if best is None and scores:
        return f"Finished{where}. The judges' figures are in the table of results.", "plain"
    if best is None:
        return f"Finished{where}. The recipe has no judge, so there is no final result.", "plain"
    reached = f"{best.title[0].upper()}{best.title[1:]} {best.sentence()}{_bracket(best, scores)}"
    rivals = best_first(scores, best.figure)
    if len(rivals) < 2:
        return f"{reached}. The recipe compares with no other method.", "plain"
    ahead = rivals[0] is best
    other = rivals[1] if ahead else rivals[0]
    text = f"{reached}. {against(best, other)}.{_random_start(rivals, other)}"
    return text, "good" if ahead else "plain"


def _random_start(rivals: Sequence[Score], other: Score) -> str:
    """Effect of pre-training, unless the best baseline is the net without it."""
    untrained = next((s for s in rivals if s.method == "random_start"), None)
    if untrained is None or untrained is other:
        return ""
    return f" The same net without pre-training reached {untrained.number(untrained.mean)}."


def _bracket(best: Score, scores: Sequence[Score]) -> str:
    """Difference of the likelihood by the other estimate of log Z."""
    other = next((s for s in scores if s.own and s.meaning.brackets == best.figure), None)
    if other is None or other.mean - best.mean < 0.005:
        return ""
    return f", or {other.number(other.mean)} with the optimistic estimate of log Z"


def against(ours: Score, theirs: Score) -> str:
    """Comparison of two scores in words, and whether the difference exceeds the noise.

    >>> against(Score("net", "accuracy", (0.9,)), Score("mean_rule", "accuracy", (0.85,)))
    'The best baseline, mean rule, reached 85.0% (5.0 points worse; repeat the runs to see \
whether that is more than noise)'
    """
    gap = ours.mean - theirs.mean
    size = f"{abs(100 * gap):.1f} points" if ours.is_share else f"{abs(gap):.2f}"
    better = (gap < 0) == (direction(ours.figure) == "max")
    how = f"{size} {'better' if better else 'worse'}; {noise(ours, theirs)[1]}" if gap else "equal"
    return f"The best baseline, {theirs.name}, reached {theirs.number(theirs.mean)} ({how})"


def facts(evidence: Evidence) -> dict[str, object]:
    """Facts below the sentence: best figures, data, machine, seed, time."""
    entries: dict[str, object] = {}
    for score in _main_figures(evidence.scores):
        unit = " nats" if score.unit == "nats per row" else ""
        entries[score.title] = f"{score.number(score.mean)}{unit}"
    data = evidence.data
    if data is not None:
        entries["training rows"] = f"{len(data.train):,d}"
        if 0 < data.train.labelled_rows < len(data.train):
            entries["labelled rows"] = f"{data.train.labelled_rows:,d}"
    sizes = _sizes(evidence)
    if sizes:
        entries["units"] = sizes
    trials = len(evidence.results.get("trials", []))
    if trials > 1:
        entries["trials"] = trials
    seed = evidence.recipe.get("seed", evidence.environment.get("seed"))
    if seed is not None:
        entries["seed"] = seed
    duration = took(evidence)
    if duration is not None:
        entries["took"] = duration
    return entries


def _main_figures(scores: Sequence[Score]) -> list[Score]:
    """The first three figures of the headline's method."""
    best = headline(scores)
    return [] if best is None else [s for s in scores if s.own and not s.meaning.repeats][:3]


def _sizes(evidence: Evidence) -> str:
    model = evidence.models.get("machine")
    counts = getattr(model, "sizes", ())
    return "–".join(map(str, counts))


def _last_place(evidence: Evidence) -> str:
    rows = evidence.metrics
    if not rows:
        return " before the first epoch ended" if evidence.status.get("status") != "done" else ""
    last = rows[-1]
    stage = ", ".join(word for word in stage_words(str(last.get("stage", ""))) if word)
    trial = f", trial {last['trial'] + 1}" if last.get("trial") else ""
    return f" after epoch {last.get('epoch')} of {stage}{trial}"


def _first_line(reason: object) -> str:
    lines = str(reason or "no reason was written").strip().splitlines()
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def took(evidence: Evidence) -> str | None:
    """Duration of the run, with pauses; None while it is in progress."""
    gap = seconds(evidence.status)
    return None if gap is None else _duration(gap)


def _duration(seconds: float) -> str:
    """A duration in hours, minutes or seconds.

    >>> _duration(5400)
    '1.5 h'
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
