"""One run: the notebooks started and stopped, the report moved into place, the exit code."""

import sys

# jsonschema, which every reader of notebooks imports, takes this where it is there, to check addresses of every script.
# It compiles a grammar on import, a second in every process, and no notebook has such an address.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
