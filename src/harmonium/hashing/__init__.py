"""Search among binary codes by Hamming distance, with NumPy alone."""

from harmonium.hashing.codes import packed, unpacked
from harmonium.hashing.index import HammingIndex
from harmonium.hashing.ranking import Ranking, ranked, rerank
from harmonium.hashing.scan import Matches

__all__ = ["HammingIndex", "Matches", "Ranking", "packed", "ranked", "rerank", "unpacked"]
