"""The style grammar: drums, bass, chords and second voices for a melody, by rules of our own."""

from .arranger import arrange
from .progression import progression_piece

__all__ = ["arrange", "progression_piece"]
