"""What ``kb serve`` shows a writer: the pages as they will be, drafts, and what is wrong with them."""
