# `make run` and `make test` are all a newcomer needs; everything else is `npx hotline --help`.

# The machine's own Node only runs npm; npm brings the Node that runs everything (package "node").
node := node_modules/.bin/node
hotline := exec $(node) src/cli.ts

.PHONY: help run call test chaos flood sounds docs lint clean

help:
	@echo "make run     start the hotline on this machine: PBX, database, application"
	@echo "make call    place a call to the running hotline and print what was heard"
	@echo "make test    run every test, with what the tests need set up first (only=hotline: those whose path holds it)"
	@echo "make chaos   strike the hotline at every step and check that it keeps its word (SEED=1 COUNT=1000 CALLS=60; one again: TRIAL=1-17, or SEED=1 CALL=17 with real calls)"
	@echo "make flood   call the hotline three times as often as it may be called at once (LIMIT=20)"
	@echo "make sounds  make the recordings from sounds/vi/prompts.yaml"
	@echo "make docs    bring the pictures and tables in README.md and docs/ up to date with the code"
	@echo "make lint    check types, style and layers"
	@echo "make clean   remove the run state: private PBX, database, secrets, logs"

run: node_modules/.package-lock.json
	@$(hotline) run

call: node_modules/.package-lock.json
	@$(hotline) call

sounds: node_modules/.package-lock.json
	@$(hotline) sounds

docs: node_modules/.package-lock.json
	@exec $(node) tools/docs/generate.ts

test: node_modules/.package-lock.json
	@exec $(node) tests/run.ts $(if $(only),'$(only)')

chaos: node_modules/.package-lock.json
	@exec $(node) tools/chaos/campaign.ts $(if $(TRIAL),--trial $(TRIAL),--seed $(or $(SEED),1) $(if $(CALL),--call $(CALL),--count $(or $(COUNT),1000) --calls $(or $(CALLS),60) --report docs/chaos-report.md))

flood: node_modules/.package-lock.json
	@exec $(node) tools/flood/flood.ts --limit $(or $(LIMIT),20)

lint: node_modules/.package-lock.json
	@exec npm run --silent lint

clean:
	@sh src/local/clean.sh

# npm writes this file last, so it is newer than package-lock.json once all packages are in.
node_modules/.package-lock.json: package-lock.json
	@sh src/local/install-packages.sh
