"""Point-of-sale systems: one module each, behind the protocol in `changes.backend`."""
