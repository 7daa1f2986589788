"""The exercises of notebook 03."""

from helpers.exercises.engine import Door
from helpers.exercises.rnn_lstm.backward import BACKWARD
from helpers.exercises.rnn_lstm.beyond import CLIP, MASKED, START
from helpers.exercises.rnn_lstm.forward import CUE, READ
from helpers.exercises.rnn_lstm.gates import BIAS, JOIN, STEP

EXERCISES = (CUE, READ, BACKWARD, STEP, START, CLIP, MASKED, BIAS, JOIN)
door = Door(EXERCISES)
check, hint, solution = door.check, door.hint, door.solution
