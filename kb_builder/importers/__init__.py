"""Other help centers' exports in, Markdown files with front matter out.

``sources`` knows the shapes that products document, ``convert`` turns HTML into Markdown, ``plan`` decides on files,
addresses and redirects and says what is lost. Only the command writes.
"""
