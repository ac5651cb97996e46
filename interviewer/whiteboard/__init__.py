"""Diagrams: written as text, read from a picture, laid out to be drawn."""
