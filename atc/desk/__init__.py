"""Questions put to the waves outside the chapters: the desk, and the calls that it writes down.

A `View` says what is asked; `answer.answer` answers with an `Exhibit`, through the rules of the tier.
"""
