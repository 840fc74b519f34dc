"""The page's side of the server: the chat page, its HTTP interface, its stream of events."""
