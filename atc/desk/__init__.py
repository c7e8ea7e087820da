"""Questions put to the waves outside the chapters: the desk, and the calls that it writes down.

A `View` says what is asked; `compute.exhibit_of` answers with an `Exhibit`, through the rules of the tier.
"""
