# The jobs of a developer. The program's own commands: ./hotline --help

# The machine's Node only runs npm; npm brings the Node that runs everything (package "node").
node := node_modules/.bin/node
hotline := exec ./hotline
packages := node_modules/.package-lock.json $(node)

.PHONY: help run call test chaos flood fuzz bench capacity sounds docs deb lint clean

# Fits one screen: 24 lines of 80 columns.
help:
	@echo "make run      start PBX, database and application on this machine"
	@echo "make call     place a call to the running hotline and print what was heard"
	@echo "              key=1: press another key of the menu than 8"
	@echo "make test     run every test, with what the tests need set up first"
	@echo "              only=hotline: those with this in their path, and what they need"
	@echo "make lint     check types, style and which folder imports which"
	@echo "make docs     bring the generated parts of the documents up to date"
	@echo "make deb      build the Debian package, in dist/"
	@echo "make sounds   make the recordings whose words in sounds/vi/prompts.yaml changed"
	@echo "make chaos    strike calls with faults at every step, check what was promised"
	@echo "              SEED=1 COUNT=1000 CALLS=60: how many; report in docs/"
	@echo "              TRIAL=1-17, or SEED=1 CALL=17: one of them again"
	@echo "make flood    call three times as often as may be called at once; LIMIT=20"
	@echo "make fuzz     send malformed SIP messages; SEED=1 COUNT=3000, or MESSAGE=17"
	@echo "make bench    measure it beside the dialplan alone, ari-client and FastAGI"
	@echo "              RATE=5 SECONDS=60 ROUNDS=3 SEED=1; results in docs/bench/"
	@echo "              SHORT=compare: two minutes, for ratios that have grown; or renew"
	@echo "make capacity say what RATE=4.4,20,100 needs in processors, lines, disk, VND"
	@echo "make clean    remove .hotline/: private PBX, database, secrets, logs"
	@echo
	@echo "One test alone, without a hotline, in seconds:"
	@echo "  npm run unit -- <path>              such as tests/hotline/limits.test.ts"
	@echo "  npm run unit -- <path> -t <title>   only the titles that hold this"
	@echo "Everything else: ./hotline --help"

run: $(packages)
	@$(hotline) run

call: $(packages)
	@$(hotline) call $(if $(key),--key $(key))

sounds: $(packages)
	@$(hotline) sounds

docs: $(packages)
	@$(node) tools/docs/generate.ts
	@exec $(node) tools/grafana/build.ts

deb: $(packages)
	@exec $(node) tools/deb/build.ts

test: $(packages)
	@exec $(node) tests/run.ts $(if $(only),'$(only)')

chaos: $(packages)
	@exec $(node) tools/chaos/campaign.ts $(if $(TRIAL),--trial $(TRIAL),--seed $(or $(SEED),1) $(if $(CALL),--call $(CALL),--count $(or $(COUNT),1000) --calls $(or $(CALLS),60) --report docs/chaos-report.md))

flood: $(packages)
	@exec $(node) tools/flood/flood.ts --limit $(or $(LIMIT),20)

fuzz: $(packages)
	@exec $(node) tools/fuzz/fuzz.ts --seed $(or $(SEED),1) $(if $(MESSAGE),--message $(MESSAGE),--count $(or $(COUNT),3000))

bench: $(packages)
	@exec $(node) tools/bench/bench.ts --rate $(or $(RATE),5) --seconds $(or $(SECONDS),60) --rounds $(or $(ROUNDS),3) --seed $(or $(SEED),1) $(if $(SHORT),--short $(SHORT))

capacity: $(packages)
	@exec $(node) tools/capacity/capacity.ts $(if $(RATE),--rate $(RATE)) $(WITH)

lint: $(packages)
	@exec npm run --silent lint

clean:
	@sh src/local/clean.sh

# npm writes this file last, so it is newer than package-lock.json once all packages are in.
node_modules/.package-lock.json: package-lock.json
	@sh src/local/install-packages.sh

# Missing although the packages are there: npm did not run their install scripts.
$(node): | node_modules/.package-lock.json
	@sh src/local/install-packages.sh
