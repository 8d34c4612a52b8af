"""What operations install."""
