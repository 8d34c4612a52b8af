"""Same photo, different answer: which stage did it?"""
