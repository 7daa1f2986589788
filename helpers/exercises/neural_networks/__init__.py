"""The exercises of notebook 00."""

from helpers.exercises.engine import Door
from helpers.exercises.neural_networks.gates import GATE
from helpers.exercises.neural_networks.nodes import MULTIPLY, ORDER
from helpers.exercises.neural_networks.runs import RUNS
from helpers.exercises.neural_networks.steps import STEP, WALK

EXERCISES = (GATE, MULTIPLY, STEP, RUNS, WALK, ORDER)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
