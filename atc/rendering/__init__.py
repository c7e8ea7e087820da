"""Executed notebooks made into documents: accessible HTML pages, tagged PDF, slides, Word, a workbook.

`chapter` turns a notebook into a checked fragment; `html` sets fragments in self-contained pages, `paper` in
a PDF. Nothing here reads the network or the clock. This file imports none of them: who makes pages does not
wait for what lays out paper.
"""
