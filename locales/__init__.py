"""The texts a person sees: Fluent files, one folder per language."""
