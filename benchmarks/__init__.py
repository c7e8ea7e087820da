"""Side-by-side timings: this project against what its users would otherwise run (``make bench``)."""
