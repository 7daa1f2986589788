"""The exercises of notebook 06."""

from helpers.exercises.engine import Door
from helpers.exercises.transformer.conversations import BYTES
from helpers.exercises.transformer.finding import SLIP
from helpers.exercises.transformer.keeping import CACHE
from helpers.exercises.transformer.norms import WHICH
from helpers.exercises.transformer.patches import PATCHES
from helpers.exercises.transformer.recipe import RATE, SMOOTH
from helpers.exercises.transformer.reports import REPORTS
from helpers.exercises.transformer.rows import BLOCK, NORM
from helpers.exercises.transformer.sizes import SIZES
from helpers.exercises.transformer.windows import REACH, WINDOWS

EXERCISES = (NORM, BLOCK, SIZES, REPORTS, WHICH, RATE, SMOOTH, CACHE, BYTES, WINDOWS, PATCHES,
             REACH, SLIP)
door = Door(EXERCISES)
check, hint, solution, mine = door.check, door.hint, door.solution, door.mine
