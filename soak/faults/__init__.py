"""The faults, by the numbers that docs/reliability.md gives them."""
