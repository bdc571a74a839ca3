"""Trains the small models that Linnet proposes music with, and writes them as ONNX."""
