"""The exercises of notebook 04."""

from helpers.exercises.engine import Door
from helpers.exercises.seq2seq_attention.beams import GROW
from helpers.exercises.seq2seq_attention.comparing import COMPARABLE
from helpers.exercises.seq2seq_attention.judgement import TROUBLE
from helpers.exercises.seq2seq_attention.learning import MEAN, SHIFT
from helpers.exercises.seq2seq_attention.looking import LOOK, PADDED
from helpers.exercises.seq2seq_attention.maps import WRONG
from helpers.exercises.seq2seq_attention.scoring import CLIPPED, ERROR
from helpers.exercises.seq2seq_attention.writing import WRITE

EXERCISES = (WRITE, LOOK, PADDED, WRONG, MEAN, SHIFT, CLIPPED, GROW, ERROR, COMPARABLE, TROUBLE)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
