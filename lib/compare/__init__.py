"""Two pipelines held against each other: their traces, stage by stage, and who makes the difference."""
