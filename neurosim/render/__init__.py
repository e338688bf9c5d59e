"""Renderers: what the library computed, as text. One file for each form."""
