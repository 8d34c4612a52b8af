"""The gate: planted faults that a verdict has to find, and harmless variants that it has to let pass.

``python -m lib.gate`` tries all of them and writes ``reports/gate/``.
"""
