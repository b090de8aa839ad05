"""Pages in, search files out. The only room that imports Whoosh."""
