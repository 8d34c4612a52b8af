"""One network through several libraries, each in a process of its own."""
