"""From chapters to pages: what is stale is executed, rendered, and moved into place when all of it is right.

`atc.execution.run.run` is the door. This file imports nothing of the rest: `witness` is imported by every
kernel, and must not bring it along.
"""

import sys

# jsonschema, which checks notebooks, brings a grammar of international addresses and a calendar as soon as it
# finds these modules: a second of each process, for addresses and durations that notebooks do not hold.
for _name in ("rfc3987_syntax", "isoduration"):
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]
