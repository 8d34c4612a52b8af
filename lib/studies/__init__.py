"""What each notebook measures and shows, a folder a notebook."""
