"""Faults on real processes: each breaks a running installation and counts what came of its letters.

`make test` runs them short (tests/faults), `make soak` long. docs/reliability.md says what each shows.
"""
