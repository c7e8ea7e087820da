"""nbformat, imported without compiling the grammar of international addresses.

jsonschema, which checks notebooks, brings that grammar as soon as it finds it installed: a second of each
process, for addresses that notebooks do not hold. nbclient, papermill and nbconvert, imported after this, go
without it too.
"""

from __future__ import annotations

import sys

_GRAMMAR = "rfc3987_syntax"

# Hidden for as long as jsonschema looks for it: nobody else's process must miss it afterwards.
_hidden = _GRAMMAR not in sys.modules
if _hidden:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]
try:
    import nbformat
    from nbformat import NotebookNode
finally:
    if _hidden:
        del sys.modules[_GRAMMAR]

__all__ = ["NotebookNode", "nbformat"]
