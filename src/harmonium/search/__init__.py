"""Searches the settings of a recipe for the best figure on validation rows."""

from harmonium.search.searching import Found, search
from harmonium.search.space import Space, read_space
from harmonium.search.study import Attempt, Study
from harmonium.search.words import columns_of

__all__ = ["Attempt", "Found", "Space", "Study", "columns_of", "read_space", "search"]
