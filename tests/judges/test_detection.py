"""Average precision and recall of boxes, against loops and worked cases."""

import pytest
import torch

from harmonium.data import overlaps
from harmonium.judges.detection import Detection, average_precision, detected, matched

SOURCE = torch.Generator().manual_seed(0)


def drawn(scenes=12, found=9, objects=3):
    """Scenes with objects on a grid, and boxes near some of them, the best scores first."""
    cell = torch.stack([torch.randperm(9, generator=SOURCE)[:objects] for _ in range(scenes)])
    true = torch.stack([cell % 3, cell // 3, cell % 3 + 1, cell // 3 + 1], 2) * 10.0
    true[::4, -1] = 0  # fewer objects
    which = torch.randint(9, (scenes, found), generator=SOURCE)
    boxes = torch.stack([which % 3, which // 3, which % 3 + 1, which // 3 + 1], 2) * 10.0
    near = (which[:, :, None] == cell[:, None]).any(2)
    boxes = boxes + 2 * torch.randn(boxes.shape, generator=SOURCE)
    scores = torch.rand(scenes, found, generator=SOURCE) + 0.5 * near
    order = scores.argsort(dim=1, descending=True)
    boxes, scores = boxes[torch.arange(scenes)[:, None], order], scores.gather(1, order)
    return boxes, scores, true


def by_loop(boxes, scores, true):
    """The definition: boxes of all scenes in order; each object can be found once."""
    places = [
        (float(scores[b, k]), b, k) for b in range(len(boxes)) for k in range(boxes.shape[1])
    ]
    taken, hits = set(), []
    for _, b, k in sorted(places, reverse=True):
        gaps = overlaps(boxes[b, k : k + 1], true[b])[0]
        best = int(gaps.argmax())
        good = float(gaps[best]) >= 0.5 and (b, best) not in taken
        taken |= {(b, best)} if good else set()
        hits.append(good)
    total = int((true[..., 2] > 0).sum())
    precision = [sum(hits[: n + 1]) / (n + 1) for n in range(len(hits))]
    area = sum(max(precision[n:]) for n, hit in enumerate(hits) if hit) / total
    wrong = [sum(not hit for hit in hits[: n + 1]) for n in range(len(hits))]
    allowed = [hit for hit, w in zip(hits, wrong, strict=True) if w <= 0.5 * len(boxes)]
    return area, sum(allowed) / total


def test_figures_are_those_of_the_definition():
    boxes, scores, true = drawn()
    figures = detected(boxes, scores, true=true, source=SOURCE, settings=Detection(alarms=0.5))
    area, recall = by_loop(boxes, scores, true)
    assert figures["detection_precision"] == pytest.approx(area)
    assert figures["detection_recall"] == pytest.approx(recall)
    assert 0.1 < area < 0.9
    assert 0.1 < recall < 0.9
    assert figures["objects"] == 33


def test_a_second_box_on_an_object_is_wrong():
    true = torch.tensor([[[0.0, 0, 10, 10], [20, 0, 30, 10]]])
    boxes = torch.tensor([[[0.0, 0, 10, 9], [0, 0, 10, 10], [21, 0, 30, 10], [0, 0, 0, 0]]])
    assert matched(boxes, true, overlap=0.5).tolist() == [[True, False, True, False]]
    scores = torch.tensor([[0.9, 0.8, 0.7, 0.0]])
    figures = detected(
        boxes, scores, true=true, source=SOURCE, settings=Detection(alarms=0, draws=5)
    )
    assert figures["detection_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert figures["detection_recall"] == 0.5
    perfect = detected(
        true, torch.tensor([[0.9, 0.8]]), true=true, source=SOURCE, settings=Detection(draws=5)
    )
    assert perfect["detection_precision"] == perfect["detection_recall"] == 1
    assert perfect["detection_precision_stderr"] == 0


def test_weights_count_scenes_several_times():
    boxes, scores, true = drawn()
    right = matched(boxes, true, overlap=0.5)
    count = (true[..., 2] > 0).sum(1).double()
    weights = torch.randint(0, 3, (1, 12), generator=SOURCE).double()
    again = weights[0].long()
    repeated = [part.repeat_interleave(again, 0) for part in (scores, right, count)]
    ones = torch.ones(1, len(repeated[0]), dtype=torch.float64)
    found = average_precision(scores, right, count=count, weights=weights, alarms=0.3)
    same = average_precision(*repeated[:2], count=repeated[2], weights=ones, alarms=0.3)
    assert float(found[0]) == pytest.approx(float(same[0]), abs=0.02)  # ties are ordered by rows
    assert float(found[1]) == pytest.approx(float(same[1]), abs=0.05)


def test_the_standard_error_is_the_spread_over_sets_of_scenes():
    several = [drawn(scenes=40) for _ in range(60)]
    areas = [
        detected(*part[:2], true=part[2], source=SOURCE, settings=Detection(draws=100))
        for part in several
    ]
    spread = torch.tensor([part["detection_precision"] for part in areas]).std()
    error = torch.tensor([part["detection_precision_stderr"] for part in areas]).mean()
    assert float(error / spread) == pytest.approx(1, abs=0.3)


def test_the_bootstrap_has_the_standard_error_of_independent_scenes():
    """One object in each scene, found or not: its recall is a mean of n independent values."""
    n = 400
    true = torch.tensor([0.0, 0, 10, 10]).expand(n, 1, 4)
    found = torch.rand(n, generator=torch.Generator().manual_seed(1)) < 0.3
    boxes, scores = true.clone(), torch.where(found, 0.9, 0.0)[:, None]
    figures = detected(
        boxes,
        scores,
        true=true,
        source=torch.Generator().manual_seed(2),
        settings=Detection(draws=2000),
    )
    p = float(found.double().mean())
    assert figures["detection_recall"] == pytest.approx(p)
    expected = (p * (1 - p) / n) ** 0.5
    assert figures["detection_recall_stderr"] == pytest.approx(expected, rel=0.08)
