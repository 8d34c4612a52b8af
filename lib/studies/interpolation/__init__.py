"""Which pixels does the filter change?"""
