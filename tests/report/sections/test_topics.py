import torch

from harmonium.report.sections.topics import _table


def test_topics_are_told_by_their_words_the_most_active_first():
    words = ("goal", "match", "law", "judge")
    weights = torch.tensor([[2.0, 3.0, -1.0, 0.0], [0.0, -2.0, 3.0, 2.0]])
    table = _table(weights, torch.tensor([0.2, 0.7]), words=words)
    assert [row[0] for row in table.rows] == [1, 0]
    assert [str(row[2]).split()[:2] for row in table.rows] == [["law", "judge"], ["match", "goal"]]
    assert [str(row[3]).split()[0] for row in table.rows] == ["match", "law"]


def test_a_word_that_all_topics_favour_tells_of_none():
    weights = torch.tensor([[9.0, 1.0, 0.0], [9.0, 0.0, 1.0]])
    table = _table(weights, torch.ones(2), words=("the", "goal", "law"))
    assert [str(row[2]).split()[0] for row in table.rows] == ["goal", "law"]
