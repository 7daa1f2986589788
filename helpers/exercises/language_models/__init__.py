"""The exercises of notebook 01."""

from helpers.exercises.engine import Door
from helpers.exercises.language_models.beyond import NUCLEUS, PAIR, RATE
from helpers.exercises.language_models.comparing import DOORS, LEAKED, SHRINK
from helpers.exercises.language_models.counting import ADD_K, BIGRAM, PERPLEXITY
from helpers.exercises.language_models.judging import COMPARE, HONEST

EXERCISES = (BIGRAM, PERPLEXITY, ADD_K, SHRINK, RATE, PAIR, NUCLEUS, DOORS, LEAKED, COMPARE,
             HONEST)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
