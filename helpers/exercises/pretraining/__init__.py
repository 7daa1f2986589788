"""The exercises of notebook 07."""

from helpers.exercises.engine import Door
from helpers.exercises.pretraining.asking import ASKED, SHIFT
from helpers.exercises.pretraining.costs import FEW, PROMISED
from helpers.exercises.pretraining.drawing import KEEP
from helpers.exercises.pretraining.hiding import BOUNDS, HIDE
from helpers.exercises.pretraining.liked import LIKED
from helpers.exercises.pretraining.overlaps import SEEN
from helpers.exercises.pretraining.probes import PROBE
from helpers.exercises.pretraining.reports import REPORTS
from helpers.exercises.pretraining.rows import LAST
from helpers.exercises.pretraining.sureness import SURE

EXERCISES = (HIDE, ASKED, PROBE, REPORTS, BOUNDS, SHIFT, LAST, SURE, FEW, PROMISED, LIKED, KEEP,
             SEEN)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
