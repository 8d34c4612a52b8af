"""Does it export, and what is in the file?"""
