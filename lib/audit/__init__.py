"""What runs left, held against each other and against themselves."""
