# Every command of the project. Paths are relative and quoted, so the folder may have spaces in its name.
# ARGS goes to the program at the end: make run ARGS="--help", make test ARGS="-k units".

PYTHON := .venv/bin/python
ARGS :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-run setup-dev run test lint format bench lock

help:
	@echo "make run     cài đặt nếu cần, rồi chạy bot (chế độ dùng thử khi chưa có token)"
	@echo "make setup   chỉ cài đặt: môi trường Python trong .venv/ và các thư viện"
	@echo "make test    cài thêm công cụ kiểm thử, rồi chạy các bài kiểm thử (run the tests)"
	@echo "make lint    ruff, mypy --strict, import-linter, the licences of what is locked"
	@echo "make format  rewrite the sources as ruff formats them"
	@echo "make bench   run the benchmarks and print their figures"
	@echo "make lock    make the lock files again, with the newest allowed versions"

setup: setup-run
	@echo "Đã cài xong. Chạy bot: make run"

setup-run:
	@sh scripts/setup.sh run

setup-dev:
	@sh scripts/setup.sh dev

# exec: a signal or Ctrl-C reaches the bot itself, with no shell in between.
run: setup-run
	@exec .venv/bin/isobot run $(ARGS)

# Two at a time, a file in one process, since files share nothing but the machine; then those that need it alone.
test: setup-dev
	@$(PYTHON) -m pytest -n 2 --dist loadfile -m "not alone" $(ARGS)
	@$(PYTHON) -m pytest -m alone $(ARGS)

lint: setup-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy --strict
	.venv/bin/lint-imports
	$(PYTHON) scripts/dependencies.py --check

format: setup-dev
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

bench: setup-dev
	@$(PYTHON) -m benchmarks $(ARGS)

lock:
	@sh scripts/lock.sh $(ARGS)
