"""How child processes are started, found again and ended. Standard library only."""
