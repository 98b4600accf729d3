from collections import Counter

from harmonium.data.word_counts import Document, count_table, most_frequent, words_of


def test_words_are_runs_of_letters_in_lower_case():
    assert words_of("It’s the Dog's café, No. 7_a!") == ["it’s", "the", "dog's", "café", "no", "a"]


def test_the_most_frequent_words_and_their_counts():
    documents = [Document(Counter(words_of(text)), "", "") for text in ("b a b", "c a", "")]
    assert most_frequent(documents, 2) == ["a", "b"]  # both twice: alphabetical
    assert count_table(documents, ["b", "a"], binary=False).tolist() == [[2, 1], [0, 1], [0, 0]]
    assert count_table(documents, ["b", "a"], binary=True).tolist() == [[1, 1], [0, 1], [0, 0]]
