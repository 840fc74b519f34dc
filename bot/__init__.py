"""The process: settings, assembly, command line, polling, the worker and the outgoing queue."""
