"""The stages of a recipe: one file for each kind of learning.

A stage is a dataclass of settings that a recipe can write; importing it does not import torch. Its
method ``parts`` returns the trainings that the engine runs; each is built when its turn comes.
"""

__all__: list[str] = []
