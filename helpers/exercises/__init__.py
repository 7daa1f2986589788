"""One module per notebook: task, hints, check, reference solution, wrong answers.

`engine` runs them; a module of exercises ends in `door = engine.Door(...)` and hands out
`check`, `hint`, `solution` and `board`.
"""
