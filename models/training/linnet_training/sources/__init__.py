"""Readers of the training sets, one file a set; each yields `Score`s."""
