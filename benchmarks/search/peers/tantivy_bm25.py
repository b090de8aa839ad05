"""Search with Tantivy: a job as JSON on standard input, hits as JSON on standard output. Runs in the peers' venv."""

from __future__ import annotations

import json
import re
import sys

import tantivy

TITLE_BOOST = 2.0


def main() -> None:
    """Index the documents in memory and answer the queries; any word may match."""
    job = json.load(sys.stdin)
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("url", stored=True, tokenizer_name="raw")
    schema.add_text_field("title", tokenizer_name="en_stem")
    schema.add_text_field("text", tokenizer_name="en_stem")
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for document in job["documents"]:
        writer.add_document(tantivy.Document(**{key: [value] for key, value in document.items()}))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    hits = {}
    for query_id, text in job["queries"]:
        words = " ".join(re.findall(r"\w+", text.lower()))  # no query syntax
        query, _errors = index.parse_query_lenient(words, ["title", "text"], field_boosts={"title": TITLE_BOOST})
        found = searcher.search(query, limit=job["limit"]).hits if words else []
        hits[query_id] = [searcher.doc(address)["url"][0] for _score, address in found]
    json.dump(hits, sys.stdout)


if __name__ == "__main__":
    main()
