"""From chapters to pages: what is stale is executed, rendered, and moved into place when all of it is right.

`atc.execution.run.run` is the door. This file imports nothing of the rest: `witness` is imported by every
kernel, and must not bring it along.
"""

import sys

# jsonschema, which checks notebooks, builds a grammar of international addresses as soon as it finds this
# module: a second of each process, for addresses that notebooks do not hold.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
