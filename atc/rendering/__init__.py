"""Executed notebooks made into documents: accessible HTML pages and PDF.

`atc.rendering.notebook` turns a notebook into a checked fragment; `atc.rendering.pages` sets fragments in
self-contained pages, `atc.rendering.pdf` in a tagged PDF. Nothing here reads the network or the clock.

This file imports none of them: who makes pages does not wait for what lays out paper.
"""
