PYTHON ?= python3
PREPARE = $(PYTHON) tools/prepare.py

.DEFAULT_GOAL := help
.PHONY: help lab test test-full notebooks new checkpoints bench coverage-map slides site release reset

help:          ## show this list
	@$(PREPARE) help
lab:           ## open the course; make lab LAB_ARGS="--no-browser --port=8890" hands options on
	@$(PREPARE) lab $(LAB_ARGS)
test:          ## check everything; make test ARGS="-k corpora" hands options on to pytest
	@$(PREPARE) test $(ARGS)
test-full:     ## the same and the slow tests
	@$(PREPARE) test-full $(ARGS)
notebooks:     ## build notebooks/*.ipynb from notebooks/source/*.md
	@$(PREPARE) notebooks $(ARGS)
new:           ## the skeleton of one more notebook: make new NB=08_trial
	@$(PREPARE) new $(NB)
checkpoints:   ## train the stored models anew (more than an hour): make checkpoints ARGS=recall
	@$(PREPARE) checkpoints $(ARGS)
bench:         ## measure speed and memory
	@$(PREPARE) bench $(ARGS)
coverage-map:  ## which row of the curriculum is checked where
	@$(PREPARE) coverage-map $(ARGS)
slides:        ## a deck of slides for each notebook, in slides/: make slides ARGS=05 for one
	@$(PREPARE) slides $(ARGS)
site:          ## the course as a web site that needs no network, in site/, with one-page summaries
	@$(PREPARE) site $(ARGS)
release:       ## measure what is measured once for a release (long): ARGS=slides for one part
	@$(PREPARE) release $(ARGS)
reset:         ## a fresh copy of one notebook; the old one is kept: make reset NB=01
	@$(PREPARE) reset $(NB)
