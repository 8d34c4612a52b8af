"""What things cost, each as a ratio to its alternative in the same run: ``make benchmark``."""
