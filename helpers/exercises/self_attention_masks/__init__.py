"""The exercises of notebook 05."""

from helpers.exercises.engine import Door
from helpers.exercises.self_attention_masks.heads import BACKWARDS, FOLLOWED, LENGTH
from helpers.exercises.self_attention_masks.puzzles import BEFORE, PARTNER, SAME

EXERCISES = (BEFORE, SAME, PARTNER, LENGTH, BACKWARDS, FOLLOWED)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
