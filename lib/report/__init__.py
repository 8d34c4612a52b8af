"""What pages are made of, and the pages of a run."""
