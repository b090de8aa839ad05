"""Events from browsers in, lines on disk out: ``kb collect``."""
