"""Faults that services really have: right on ordinary small photos one by one, and wrong on rare, large or many ones."""
