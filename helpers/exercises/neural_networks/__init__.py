"""The exercises of notebook 00."""

from helpers.exercises.engine import Door
from helpers.exercises.neural_networks.batches import BACK, LOGITS
from helpers.exercises.neural_networks.gates import GATE
from helpers.exercises.neural_networks.layers import DROP, NORMS
from helpers.exercises.neural_networks.lower import LOWER
from helpers.exercises.neural_networks.nodes import MULTIPLY
from helpers.exercises.neural_networks.order import ORDER
from helpers.exercises.neural_networks.pictures import THROUGH
from helpers.exercises.neural_networks.runs import RUNS
from helpers.exercises.neural_networks.starts import START
from helpers.exercises.neural_networks.steps import STEP, WALK

EXERCISES = (GATE, MULTIPLY, STEP, RUNS, BACK, LOGITS, WALK, START, DROP, NORMS, THROUGH, LOWER,
             ORDER)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
