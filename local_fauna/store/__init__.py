"""The multi-version store: databases, collections, versions of documents, index entries."""
