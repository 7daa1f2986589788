"""The exercises of notebook 03."""

from helpers.exercises.engine import Door
from helpers.exercises.rnn_lstm.backward import BACKWARD
from helpers.exercises.rnn_lstm.belt import BIAS, JOIN
from helpers.exercises.rnn_lstm.clipping import CLIP
from helpers.exercises.rnn_lstm.forward import CUE, READ
from helpers.exercises.rnn_lstm.gates import STEP
from helpers.exercises.rnn_lstm.judgement import BACK, CURVES, FAIR
from helpers.exercises.rnn_lstm.padding import MASKED
from helpers.exercises.rnn_lstm.starts import START

EXERCISES = (CUE, READ, BACKWARD, STEP, START, CLIP, MASKED, BIAS, JOIN, BACK, CURVES, FAIR)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
