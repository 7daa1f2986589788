"""Widgets, one module per notebook. Each is three functions: numbers, drawing, wiring."""
