"""The forms of chart, one module each: tables in, ink on a `Canvas` out. They know nothing of the survey."""
