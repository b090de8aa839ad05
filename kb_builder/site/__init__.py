"""Articles in, HTML pages out. The only room that imports MkDocs."""
