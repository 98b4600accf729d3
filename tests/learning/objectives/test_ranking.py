"""The ranking loss, against sums over all pairs of rows."""

import pytest
import torch
from torch.nn.functional import normalize

from harmonium.learning.objectives import Ranking


def codes(n=5, k=3):
    draws = torch.randn(n, 2, k, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return normalize(draws, dim=2)


def one_by_one(z, f):
    """The loss of every row by loops; f joins the differences of a row's negatives."""
    losses = []
    for i in range(len(z)):
        total = 0.0
        for asks, answers in ((0, 1), (1, 0)):
            own = z[i, asks] @ z[i, answers]
            gaps = [z[i, asks] @ z[j, answers] - own for j in range(len(z)) if j != i]
            total += f(torch.stack(gaps))
        losses.append(total)
    return torch.stack(losses)


@pytest.mark.parametrize(
    ("negatives", "f"),
    [
        ("sum", lambda gaps: (0.3 + gaps).clamp(min=0).sum()),
        ("hardest", lambda gaps: (0.3 + gaps).clamp(min=0).max()),
        ("soft", lambda gaps: (1 + (gaps / 0.2).exp().sum()).log()),
    ],
)
def test_the_loss_is_that_of_its_formula(negatives, f):
    z = codes()
    loss = Ranking(negatives=negatives, margin=0.3, temperature=0.2)(lambda x: z, {"x": z})
    torch.testing.assert_close(loss, one_by_one(z, f))


@pytest.mark.parametrize("negatives", ["sum", "hardest", "soft"])
def test_rows_with_the_same_words_are_no_negatives_of_each_other(negatives):
    z = codes(2)
    z[1, 1] = z[0, 1]
    assert float(Ranking(negatives=negatives)(lambda x: z, {"x": z}).abs().max()) == 0
    z[1, 1] = -z[0, 1]
    assert float(Ranking(negatives=negatives)(lambda x: z, {"x": z}).sum()) > 0


def test_a_row_with_all_words_that_another_shows_is_no_negative_of_it():
    class Net(torch.nn.Module):
        spans = {"picture": slice(0, 2), "words": slice(2, 4)}  # noqa: RUF012

        def forward(self, x):
            return codes(2)

    shown = torch.tensor([[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    loss = Ranking(negatives="soft")
    z = codes(2)
    s = z[:, 0] @ z[:, 1].T  # of pictures and words
    found = loss(Net(), {"x": shown, "words": shown[:, 2:]})
    # words of row 0 are found by picture 1 too; words of row 1 are those of row 1 alone
    first = torch.nn.functional.softplus((s[0, 1] - s[0, 0]) / 0.1)
    second = torch.nn.functional.softplus((s[0, 1] - s[1, 1]) / 0.1)
    torch.testing.assert_close(found, torch.stack([first, second]))
