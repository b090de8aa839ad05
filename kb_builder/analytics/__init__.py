"""Raw events in; sessions, figures, reports and proposals out."""
