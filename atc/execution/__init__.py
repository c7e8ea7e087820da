"""From chapters to pages: what is stale is executed, rendered, and moved into place when all of it is right.

`atc.execution.run.run` is the door. This file imports nothing of the rest: `witness` is imported by every
kernel, and must not bring it along.
"""
