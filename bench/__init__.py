"""`make bench`: our side and a peer or reference in one run, taking turns. See docs/performance.md."""
