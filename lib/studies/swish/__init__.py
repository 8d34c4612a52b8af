"""Why does the export of a memory-efficient swish fail, and does the fix change anything?"""
