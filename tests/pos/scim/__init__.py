"""The adapter for SCIM servers."""
