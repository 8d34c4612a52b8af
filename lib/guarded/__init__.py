"""Other people's code in a process of its own: with time limits, and ended with the process that started it."""
