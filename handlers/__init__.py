"""Conversations: what a person sees and presses, by audience."""
