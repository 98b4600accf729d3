"""Spans against a walk through the tags, as the evaluation of the CoNLL tasks does."""

import torch

from harmonium.learning.spans import span_counts

NAMES = ("B-A", "I-A", "B-B", "I-B", "O", "C")


def walked(tags):
    """The spans (begin, end, type) of a list of tags."""
    found, begun, kind = [], None, "O"
    for at, tag in enumerate([*tags, "O"]):
        here = tag[2:] if tag[1:2] == "-" else tag
        if begun is not None and (here != kind or tag.startswith("B-")):
            found.append((begun, at, kind))
            begun = None
        if begun is None and here != "O":
            begun = at
        kind = here
    return found


def test_they_are_those_of_a_walk():
    source = torch.Generator().manual_seed(0)
    found = torch.randint(len(NAMES), (400, 9), generator=source)
    true = torch.where(
        torch.rand(400, 9, generator=source) < 0.8,
        found,
        torch.randint(len(NAMES), (400, 9), generator=source),
    )
    lengths = torch.randint(1, 10, (400, 1), generator=source)
    true = true.masked_fill(torch.arange(9) >= lengths, -1)
    right = made = there = 0
    for a, b, n in zip(found.tolist(), true.tolist(), lengths[:, 0].tolist(), strict=True):
        one, other = (set(walked([NAMES[k] for k in row[:n]])) for row in (a, b))
        right, made, there = right + len(one & other), made + len(one), there + len(other)
    assert span_counts(found, true, names=NAMES) == (right, made, there)
    assert 0 < right < made


def test_tags_without_spans():
    tags = torch.tensor([[0, 0]])
    assert span_counts(tags, tags, names=("O",)) == (0, 0, 0)
