"""One module per subject; each fulfils a protocol of `changes.ports` on a connection."""
