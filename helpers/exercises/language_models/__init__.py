"""The exercises of notebook 01."""

from helpers.exercises.engine import Door
from helpers.exercises.language_models.beyond import NUCLEUS, PAIR, RATE
from helpers.exercises.language_models.comparing import LEAKED, SHRINK
from helpers.exercises.language_models.counting import ADD_K, BIGRAM, JOINED
from helpers.exercises.language_models.doors import DOORS
from helpers.exercises.language_models.judging import COMPARE, HONEST

EXERCISES = (BIGRAM, JOINED, ADD_K, SHRINK, RATE, PAIR, NUCLEUS, DOORS, LEAKED, COMPARE,
             HONEST)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
