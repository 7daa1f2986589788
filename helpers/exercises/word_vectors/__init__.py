"""The exercises of notebook 02."""

from helpers.exercises.engine import Door
from helpers.exercises.word_vectors.analogies import BETTER, SOLVE
from helpers.exercises.word_vectors.chances import CELL, CHANCES
from helpers.exercises.word_vectors.claims import CLAIMS
from helpers.exercises.word_vectors.faults import BUG
from helpers.exercises.word_vectors.looking import LOOK_UP, NEAREST
from helpers.exercises.word_vectors.measures import LEANING, PIECES
from helpers.exercises.word_vectors.sizes import NUMBERS
from helpers.exercises.word_vectors.updates import MEAN, UPDATE

EXERCISES = (LOOK_UP, NEAREST, UPDATE, CLAIMS, CELL, MEAN, NUMBERS, SOLVE, BUG, CHANCES, BETTER,
             PIECES, LEANING)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
