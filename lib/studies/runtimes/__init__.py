"""Which approved library gives the same answer?"""
