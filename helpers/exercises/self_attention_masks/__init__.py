"""The exercises of notebook 05."""

from helpers.exercises.engine import Door
from helpers.exercises.self_attention_masks.asking import LOOP, MAY_LOOK

EXERCISES = (LOOP, MAY_LOOK)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
