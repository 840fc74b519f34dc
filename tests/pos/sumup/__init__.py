"""The adapter for SumUp."""
