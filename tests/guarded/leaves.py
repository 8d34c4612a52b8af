"""A deployment that ends the process that imports it, as if all had gone well."""

import sys

sys.exit(0)
