"""``09_cost``: what does each mistake cost?"""
