"""The exercises of notebook 05."""

from helpers.exercises.engine import Door
from helpers.exercises.self_attention_masks.asking import LOOP, MAY_LOOK
from helpers.exercises.self_attention_masks.blocks import MERGE
from helpers.exercises.self_attention_masks.checking import WRONG
from helpers.exercises.self_attention_masks.cutting import COST, SPLIT
from helpers.exercises.self_attention_masks.heads import BACKWARDS, FOLLOWED, LENGTH
from helpers.exercises.self_attention_masks.hiding import BATCH, SAFE
from helpers.exercises.self_attention_masks.leaks import LEAK, TRUE
from helpers.exercises.self_attention_masks.puzzles import BEFORE, PARTNER, SAME

EXERCISES = (LOOP, MAY_LOOK, WRONG, BEFORE, SPLIT, BATCH, SAFE, MERGE, LEAK, TRUE,
             SAME, PARTNER, LENGTH, BACKWARDS, FOLLOWED, COST)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
