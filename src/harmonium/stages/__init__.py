"""The stages of a recipe: one file for each kind of learning.

A stage is a dataclass of settings that a recipe can write, which nothing imports torch for. Its
``parts`` gives what the engine drives, built when its turn comes.
"""

__all__: list[str] = []
